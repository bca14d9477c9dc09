import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../core/index.ts';
import { chain, defineEnricher, defineSink, type Enricher, type SourcePlugin } from '../../core/plugin.ts';
import {
  partsSource,
  partsTransport,
  type PlannedItem,
  type PlannedPart,
  settlePart,
  splitItem,
} from '../support/parts-source.ts';
import { silentLogger } from '../support/silent-logger.ts';

interface Detail {
  readonly id: number;
  readonly note?: string;
}

/** Asks for the detail of each part. */
const lookUp = (change: Partial<Enricher> = {}) =>
  defineEnricher({
    name: 'look-up',
    ...change,
    async enrich(part: PlannedPart, { request }): Promise<PlannedPart & Detail> {
      const detail = (await request({ path: '/detail', query: { id: part.id } })).json() as Detail;
      return { ...part, ...detail };
    },
  });

const item = (number: number, ...ids: readonly number[]): PlannedItem => ({
  number,
  parts: ids.map((id) => ({ id, fate: 'record' })),
});

async function run(
  normalizer: SourcePlugin['normalizer'],
  planned: readonly PlannedItem[],
  detail?: (id: number) => unknown,
  signal?: AbortSignal,
) {
  const ids: string[] = [];
  const sink = defineSink({
    name: 'memory',
    open: async () => ({
      write: async (batch) => void ids.push(...batch.records().map(({ source_id }) => source_id)),
      commit: async () => null,
      async close() {},
      async abort() {},
    }),
  });
  const source = { use: partsSource(normalizer), retry: { retries: 0, baseMs: 1 } };
  const pipeline = await createPipeline(
    { sources: [source], sinks: [sink], workers: { threads: 0 } },
    { transport: partsTransport(planned, detail), logger: silentLogger },
  );
  const result = await pipeline.run(signal === undefined ? {} : { signal });
  return { ...result, ids: ids.toSorted(), source: result.report.monitoring.sources['parts'] };
}

describe('enrichers', () => {
  it('ask through the client of their source: every request counts', async () => {
    const { ids, source, exitCode } = await run(chain(splitItem, lookUp(), settlePart(false)), [
      item(0, 1, 2),
      item(1, 3),
    ]);
    expect({ ids, exitCode }).toEqual({ ids: ['1', '2', '3'], exitCode: 0 });
    expect(source).toMatchObject({ requests: 4, items: { read: 2, split: 1 } });
  });

  it('cost their record where they fail, or nothing where they are optional', async () => {
    const detail = (id: number): unknown => {
      if (id === 2) throw new TypeError('no detail');
      return { id };
    };
    const strict = await run(chain(splitItem, lookUp(), settlePart(false)), [item(0, 1, 2, 3)], detail);
    expect(strict.ids).toEqual(['1', '3']);
    expect(strict.report.errors).toMatchObject([{ error: 'invalid_record', reason: 'enrichment_failed', count: 1 }]);
    const optional = lookUp({ optional: true });
    const lax = await run(chain(splitItem, optional, settlePart(false)), [item(0, 1, 2, 3)], detail);
    expect(lax.ids).toEqual(['1', '2', '3']);
  });

  it('end by their own time limit, their requests aside', async () => {
    const never = defineEnricher({
      name: 'never',
      timeoutMs: 20,
      enrich: (part: PlannedPart): Promise<PlannedPart> =>
        part.id === 1 ? new Promise(() => undefined) : Promise.resolve(part),
    });
    const { ids, report } = await run(chain(splitItem, never, settlePart(false)), [item(0, 1, 2)]);
    expect(ids).toEqual(['2']);
    expect(report.errors).toMatchObject([
      { reason: 'enrichment_failed', message: expect.stringContaining('never: took longer than 20 ms') as string },
    ]);
    const slow = (id: number) => new Promise((resolve) => setTimeout(resolve, 100, { id }));
    expect((await run(chain(splitItem, lookUp({ timeoutMs: 20 }), settlePart(false)), [item(0, 1)], slow)).ids).toEqual(
      ['1'],
    );
  });

  it('ask no other origin', async () => {
    const stray = defineEnricher({
      name: 'stray',
      enrich: async (part: PlannedPart, { request }) => ({
        ...part,
        at: await request({ path: 'https://elsewhere.test/' }),
      }),
    });
    const { report } = await run(chain(splitItem, stray, settlePart(false)), [item(0, 1)]);
    expect(report.errors[0]?.message).toContain('stray: an enricher asks for another origin than https://parts.test');
  });

  it('leave the page undone, and reject nothing, where the run is stopped meanwhile', async () => {
    const stop = new AbortController();
    const detail = (id: number): unknown => {
      if (id === 2) stop.abort();
      return { id };
    };
    const planned = [item(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)];
    const { exitCode, source, report } = await run(
      chain(splitItem, lookUp({ concurrency: 1 }), settlePart(false)),
      planned,
      detail,
      stop.signal,
    );
    expect(exitCode).toBe(130);
    expect(source?.items).toMatchObject({ read: 0, rejected: 0 });
    expect(report.errors.map(({ error }) => error)).not.toContain('invalid_record');
  });

  it('keep every record accounted for, whatever else the steps do', async () => {
    const part = fc.record({
      id: fc.nat({ max: 20 }),
      fate: fc.constantFrom('record' as const, 'record' as const, 'reject' as const, 'drop' as const, 'throw' as const),
    });
    const items = fc
      .array(fc.array(part, { maxLength: 4 }), { maxLength: 10 })
      .map((all) => all.map((parts, number) => ({ number, parts })));
    await fc.assert(
      fc.asyncProperty(items, fc.boolean(), async (planned, optional) => {
        const enricher = optional ? lookUp({ optional }) : lookUp();
        const detail = (id: number): unknown => {
          if (id % 5 === 0) throw new TypeError('no detail');
          return { id };
        };
        const { source, ids } = await run(chain(splitItem, enricher, settlePart(false)), planned, detail);
        const all = planned.flatMap(({ parts }) => parts);
        const reached = all.filter(({ id }) => optional || id % 5 !== 0);
        const good = reached.filter(({ fate }) => fate === 'record').map(({ id }) => String(id));
        expect(ids).toEqual([...new Set(good)].toSorted());
        // That the figures add up is asserted at the end of the run itself.
        expect(source?.items).toMatchObject({ read: planned.length, duplicates: good.length - new Set(good).size });
      }),
      { numRuns: 40 },
    );
  });
});
