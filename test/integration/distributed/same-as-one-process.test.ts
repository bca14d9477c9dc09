import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../../core/index.ts';
import { manyPages } from '../../support/many-pages.ts';
import { redisMissing } from '../../support/redis.ts';
import { useShop, pages, size } from './shop.ts';

interface Document {
  readonly products: readonly { readonly id: string }[];
}

describe.skipIf(redisMissing !== undefined)('a run over several processes', () => {
  const { ask, shop } = useShop();

  test('reports what a run in one process reports, and writes the same records', async () => {
    const config = { sinks: ['json-file', { use: 'csv', filter: { category: ['even'] } }] };
    const alone = await shop({ redis: undefined, config });
    const spread = await shop({ config });
    const local = alone.start('run', '-q', '--report', 'report.json');
    expect(await local.ended).toBe(0);
    const worker = spread.start('worker');
    const run = spread.start('run', '-q', '--report', 'report.json');
    expect([await run.ended, run.said()]).toEqual([0, '']);
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);

    const [one, other] = await Promise.all([alone, spread].map((scene) => scene.read<RunRecord>('report.json')));
    expect(countsOf(other)).toEqual(countsOf(one));
    const samples = (other?.samples['shop'] ?? []).map((text) => JSON.parse(text) as unknown);
    expect(samples).toHaveLength(one?.samples['shop']?.length ?? -1);
    expect(samples).toEqual(
      samples.map((): unknown => expect.objectContaining({ source: 'shop', price: expect.any(Number) })),
    );
    const [first, second] = await Promise.all(
      [alone, spread].map((scene) => scene.read<Document>('out/products.json')),
    );
    const sorted = (document: Document | undefined) => document?.products.map(({ id }) => id).toSorted();
    expect(sorted(second)).toEqual(sorted(first));
    const [rows, others] = await Promise.all(
      [alone, spread].map(({ folder }) => readFile(join(folder, 'out/products.csv'), 'utf8')),
    );
    expect(withoutTimes(others)).toEqual(withoutTimes(rows));
    const keys = (await ask('KEYS', '*')).split('\n').filter((key) => key.startsWith('{sluice:2'));
    // What remembers what was asked of an upstream outlives the run, for as long as its windows are.
    const left = await Promise.all(keys.map(async (key) => [key, Number(await ask('TTL', key))] as const));
    expect(left.filter(([, seconds]) => seconds < 0 || seconds > 600)).toEqual([]);
  });

  test('tells of pages that failed and keeps rejected items, as a run in one process does', async () => {
    const api = manyPages(pages, size, { missing: 7, untitled: 50 });
    const alone = await shop({ api, redis: undefined });
    const spread = await shop({ api });
    const local = alone.start('run', '--report', 'report.json');
    expect(await local.ended).toBe(3);
    const worker = spread.start('worker');
    const run = spread.start('run', '--report', 'report.json');
    expect(await run.ended).toBe(3);
    worker.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    const [one, other] = await Promise.all([alone, spread].map((scene) => scene.read<RunRecord>('report.json')));
    expect(countsOf(other)).toEqual(countsOf(one));
    expect(await lettersOf(other)).toEqual(await lettersOf(one));
    expect(run.said()).not.toContain('--retry-failed');
  }, 60_000);
});

const byError = (a: { readonly error: string }, b: { readonly error: string }) => a.error.localeCompare(b.error);

/** The items and pages among the dead letters, by what is wrong with them. */
async function lettersOf(record: RunRecord | undefined): Promise<readonly string[]> {
  const { file } = record?.report.monitoring.dead_letters ?? {};
  const lines = (await readFile(file ?? '', 'utf8')).trimEnd().split('\n');
  return lines.map((line) => line.replace(/"at":"[^"]*"/, '')).toSorted();
}

/** All counts of a report that do not hang on how long anything took. */
function countsOf(record: RunRecord | undefined) {
  if (record === undefined) throw new Error('there is no report');
  const { summary, errors, metrics, monitoring } = record.report;
  const { total_products, success_rate, sources, partial } = summary;
  return {
    summary: { total_products, success_rate, sources, partial },
    // Which of them came first is another matter.
    errors: errors
      .map(({ endpoint, error, count, attempts }) => ({ endpoint, error, count, attempts }))
      .toSorted(byError),
    metrics,
    sources: Object.fromEntries(
      Object.entries(monitoring.sources).map(([name, source]) => {
        const { state, pages: counted, records, requests, retries, status_counts, bytes, items } = source;
        return [name, { state, pages: counted, records, requests, retries, status_counts, bytes, items }];
      }),
    ),
    sinks: Object.fromEntries(
      Object.entries(monitoring.sinks).map(([name, { state, reconciliation }]) => [name, { state, reconciliation }]),
    ),
    dead_letters: { ...monitoring.dead_letters, file: null },
  };
}

/** The rows of a table in a fixed order, without the time at which each was made. */
function withoutTimes(text: string | undefined): readonly string[] {
  return (text ?? '')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '')
    .split('\n')
    .toSorted();
}
