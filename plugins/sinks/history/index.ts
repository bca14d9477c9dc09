import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { checkFolder, defineSink, type SinkContext } from '../../../core/plugin.ts';
import { memoryLimit } from '../duckdb/memory-limit.ts';
import { removeSpool } from '../duckdb/spool-files.ts';
import { diffStoredRuns } from './diff-stored.ts';
import { fieldProblems } from './fields.ts';
import { queryHistory } from './query.ts';
import { historyFile, type HistoryOptions, openHistoryWriter, recordsFile } from './writer.ts';

const field = z.string().min(1).optional();

const options = z.strictObject({
  dir: z
    .string()
    .min(1)
    .default('.pipeline')
    .describe("the state folder, relative to the config's; the history is in it"),
  value: field.describe("the field that holds the price; the model's measured one by default"),
  title: field.describe('the field that people know a product by; `title` by default, where there is one'),
  group: field.describe("the field that holds the category; the model's own by default"),
  currency: field.describe('the field that holds the currency; `currency` by default, where there is one'),
  memoryLimit,
});

type Options = z.infer<typeof options>;

/** What every run has seen, in one DuckDB file: prices, figures of the run, and trends for its report. Needs `@duckdb/node-api`. */
export default defineSink<Options>({
  name: 'history',
  options,
  delivers: 'on-close',
  distributed: 'assembled',
  auxiliary: true,
  requires: ['@duckdb/node-api'],
  modelProblems: fieldProblems,
  open: (context, given, position) => openHistoryWriter(context, resolved(context, given), position),
  check: async ({ baseDir }, { dir }) => checkFolder(resolve(baseDir, dir)),
  async forget({ baseDir, runId, name }, { dir }) {
    const store = recordsFile(resolve(baseDir, dir), runId);
    for (const path of [`${store}.wal`, store]) await rm(path, { force: true });
    await rm(`${store}.tmp`, { recursive: true, force: true });
    await removeSpool({ database: store, runId, sink: name });
  },
  query: ({ baseDir, ...question }, { dir, memoryLimit: limit, ...names }) => {
    const folder = resolve(baseDir, dir);
    return queryHistory(question, {
      history: historyFile(folder),
      recordsOf: (run) => recordsFile(folder, run),
      memoryLimit: limit,
      ...names,
    });
  },
  diff: ({ baseDir, runs }, { dir, memoryLimit: limit }) =>
    diffStoredRuns(runs, { dir: resolve(baseDir, dir), memoryLimit: limit }),
});

function resolved({ baseDir }: Pick<SinkContext, 'baseDir'>, { dir, ...own }: Options): HistoryOptions {
  return { dir: resolve(baseDir, dir), ...own };
}
