import { describe, expect, it } from 'vitest';
import type { SinkPlugin } from '../../../core/plugin.ts';
import { testSink } from '../../../core/testing.ts';
import countByCategory from '../../../docs/examples/count-by-category-sink.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokenSinks, good } from './broken-sinks.ts';

async function complaintOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'conformance_failed' });
  return (error as Error).message;
}

/** A sink into a table: records are put in by id, and stay. */
function tableSink(rows: Map<string, object>, upsert = true): SinkPlugin {
  return {
    name: 'table',
    async open() {
      return {
        async write(batch) {
          for (const record of batch.records()) rows.set(upsert ? record.id : String(rows.size), record);
        },
        commit: async () => null,
        async close() {},
        async abort() {},
      };
    },
  };
}

describe('testSink', { timeout: 120_000 }, () => {
  it('takes a sink that does all as it should', async () => {
    await expect(testSink(good)).resolves.toBeUndefined();
  });

  it('takes one that takes several writes at once', async () => {
    const rows = new Map<string, { id: string }>();
    const read = async (): Promise<readonly string[]> => [...rows.keys()];
    const sink = { ...tableSink(rows), concurrency: 4 };
    await expect(testSink(sink, { read, reset: () => rows.clear() })).resolves.toBeUndefined();
  });

  it.each(Object.keys(brokenSinks))('says what is wrong with a sink that %s', async (what) => {
    const [sink, problem] = brokenSinks[what]?.() ?? [good, ''];
    // Enough for a page of nearly a megabyte, and not long to wait for what hangs.
    const text = await complaintOf(testSink(sink, { timeoutMs: /hang|never|waits/.test(what) ? 300 : 10_000 }));
    expect(text).toContain(`the sink "${sink.name}" does not keep the contract of its kind:\n  - `);
    expect(text).toContain(problem);
  });

  it('takes one that writes no files, by what its readers see', async () => {
    const rows = new Map<string, { id: string }>();
    const read = async (): Promise<readonly string[]> => [...rows.values()].map(({ id }) => id);
    const test = { read, reset: () => rows.clear() };
    await expect(testSink(tableSink(rows), test)).resolves.toBeUndefined();
    expect(await complaintOf(testSink(tableSink(rows, false), test))).toContain(
      'it shows 2 records twice, such as "kit:1"',
    );
    await expect(testSink(tableSink(rows, false), { ...test, atLeastOnce: true })).resolves.toBeUndefined();
  });

  it('takes one whose readers see no ids', async () => {
    const read = async (folder: string): Promise<unknown> =>
      JSON.parse(await readFile(join(folder, 'out/categories.json'), 'utf8'));
    await expect(testSink(countByCategory, { read })).resolves.toBeUndefined();
    const forgetful: typeof countByCategory = {
      ...countByCategory,
      open: (context, own) => countByCategory.open(context, own),
    };
    expect(await complaintOf(testSink(forgetful, { read }))).toMatch(
      /its output is \{.*\} in the end, and \{.*\} without a kill/,
    );
  });

  it('tells that options of the test are no options of the sink', async () => {
    expect(await complaintOf(testSink(good, { options: { name: 5 } }))).toContain(
      'its options schema refuses the options of this test: name: ',
    );
    const { options: _, ...bare } = good;
    expect(await complaintOf(testSink(bare as SinkPlugin, { options: { name: 'x' } }))).toContain(
      'the sink takes none',
    );
    expect(await complaintOf(testSink({ name: 'Bad' } as never))).toContain(
      'open must be a function that returns the open sink',
    );
  });
});
