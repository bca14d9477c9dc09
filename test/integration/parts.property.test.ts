import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveConfig } from '../../core/config/resolve.ts';
import { createPipeline, type ResumeRequest, type RunResult, type Services } from '../../core/index.ts';
import { chain, type SourcePlugin } from '../../core/plugin.ts';
import { partsSource, partsTransport, type PlannedItem, settlePart, splitItem } from '../support/parts-source.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Few ids: many of them come twice, in one item, on one page, and from page to page. */
const part = fc.record({
  id: fc.nat({ max: 30 }),
  fate: fc.oneof(
    { weight: 5, arbitrary: fc.constant('record' as const) },
    { weight: 3, arbitrary: fc.constantFrom('reject' as const, 'drop' as const, 'throw' as const) },
  ),
});
/** Numbered, for no page may be like another. */
const items: fc.Arbitrary<PlannedItem[]> = fc
  .array(fc.array(part, { maxLength: 4 }), { maxLength: 14 })
  .map((all) => all.map((parts, number) => ({ number, parts })));

interface Life extends RunResult {
  readonly ids: readonly string[];
}

async function life(
  baseDir: string,
  source: SourcePlugin,
  planned: readonly PlannedItem[],
  options: { readonly resume?: ResumeRequest; readonly stopAfter?: number } = {},
): Promise<Life> {
  const stop = new AbortController();
  let asked = 0;
  const plain = partsTransport(planned);
  const transport: Services['transport'] = (of) => {
    const upstream = plain(of);
    return {
      ...upstream,
      handle(request) {
        if (asked++ === options.stopAfter) stop.abort();
        return upstream.handle(request);
      },
    };
  };
  const config = {
    sources: [{ use: source, concurrency: 1 }],
    sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
    workers: { threads: 0 },
    state: { dir: '.pipeline', fsyncMs: 0 },
  };
  const resolved = await resolveConfig(config, { baseDir, env: {} });
  const { resume } = options;
  const pipeline = await createPipeline(resolved, { logger: silentLogger, transport }, { resume });
  const result = await pipeline.run({ signal: stop.signal });
  const text = await readFile(join(baseDir, 'out.ndjson'), 'utf8').catch(() => '');
  const ids = text.split('\n').filter((line) => line !== '');
  return { ...result, ids: ids.map((line) => (JSON.parse(line) as { source_id: string }).source_id) };
}

const figuresOf = ({ report }: RunResult) => report.monitoring.sources['parts']?.items;

/** What the items come to, worked out from the plan. */
function expected(planned: readonly PlannedItem[], mended = false) {
  const all = planned.flatMap(({ parts }) => parts);
  const good = all.filter(({ fate }) => fate === 'record' || (mended && fate !== 'drop'));
  return {
    ids: new Set(good.map(({ id }) => String(id))),
    records: good.length,
    read: planned.length,
    split: planned.reduce((sum, { parts }) => sum + Math.max(0, parts.length - 1), 0),
    rejected: all.length - good.length - all.filter(({ fate }) => fate === 'drop').length,
    dropped:
      all.filter(({ fate }) => fate === 'drop').length + planned.filter(({ parts }) => parts.length === 0).length,
  };
}

// The identity itself is asserted at the end of every run: one that it does not hold for rejects.
test('whatever normalizers make of items, every record is accounted for', async () => {
  await fc.assert(
    fc.asyncProperty(items, async (planned) => {
      const { ids, ...counted } = expected(planned);
      const run = await life(await temporaryFolder(), partsSource(), planned);
      const { read, split, rejected, dropped } = counted;
      expect(figuresOf(run)).toMatchObject({ read, split, rejected, dropped, duplicates: counted.records - ids.size });
      expect(run.ids.toSorted()).toEqual([...ids].toSorted());
      const reasons = Object.values(figuresOf(run)?.drop_reasons ?? {});
      expect(reasons.reduce((sum, count) => sum + count, 0)).toBe(dropped);
    }),
    { numRuns: 60 },
  );
});

test('a run that is stopped and taken up comes to the same', async () => {
  await fc.assert(
    fc.asyncProperty(items, fc.nat({ max: 4 }), async (planned, stopAfter) => {
      const { ids, read, split, rejected, dropped } = expected(planned);
      const folder = await temporaryFolder();
      const first = await life(folder, partsSource(), planned, { stopAfter });
      const run = await life(folder, partsSource(), planned, { resume: { kind: 'last' } });
      const last = first.exitCode === 130 ? run : first;
      expect(figuresOf(last)).toMatchObject({ read, split, rejected, dropped });
      expect(run.ids.toSorted()).toEqual([...ids].toSorted());
    }),
    { numRuns: 30 },
  );
});

test('dead letters driven again: each item once, however many of its records were rejected', async () => {
  await fc.assert(
    fc.asyncProperty(items, async (planned) => {
      const folder = await temporaryFolder();
      const first = await life(folder, partsSource(), planned);
      fc.pre((figuresOf(first)?.rejected ?? 0) > 0);
      const mended = partsSource(chain(splitItem, settlePart(true)));
      const resume = { kind: 'retry-failed', runId: first.report.summary.run_id } as const;
      const again = await life(folder, mended, planned, { resume });
      expect(again.exitCode).toBe(0);
      expect(figuresOf(again)).toMatchObject({ read: planned.length, rejected: 0 });
      expect(again.ids.toSorted()).toEqual([...expected(planned, true).ids].toSorted());
      expect(again.report.monitoring.dead_letters).toMatchObject({ kept: 0 });
    }),
    { numRuns: 40 },
  );
});
