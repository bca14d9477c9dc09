import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type PriceTrends,
  type RunReport,
  type SinkContext,
  type SinkPosition,
  type SinkWriter,
  SluiceError,
} from '../../../core/plugin.ts';
import type { DuckDatabase } from '../duckdb/connection.ts';
import { openDuckWriter } from '../duckdb/writer.ts';
import { atStart, duckPosition } from '../duckdb/position.ts';
import { compareRun } from './compare.ts';
import { type FieldNames, fieldExpressions, fieldProblems } from './fields.ts';
import { openHistory } from './open-history.ts';
import { publishRun } from './publish.ts';
import { describeRun, leaveRun, lookAtRun, recordsTable, type ThisRun } from './this-run.ts';
import { readTrends } from './trends.ts';

export interface HistoryOptions extends FieldNames {
  /** The state folder, absolute. */
  readonly dir: string;
  readonly memoryLimit: string;
}

/** How long the end of a run waits for a query to let go of the history, in milliseconds. */
const waitMs = 10_000;

export function historyFile(dir: string): string {
  return join(dir, 'history.duckdb');
}

/** The records of one run. It goes with the run, when that is pruned. */
export function recordsFile(dir: string, runId: string): string {
  return join(dir, 'runs', runId, 'records.duckdb');
}

/**
 * Gathers the records of a run in a store of its own, and adds them to the history when the run has ended. So the history
 * holds no run that has not, and can be read while one is under way.
 */
export async function openHistoryWriter(
  context: SinkContext,
  { dir, memoryLimit, ...names }: HistoryOptions,
  position: SinkPosition | undefined,
): Promise<SinkWriter> {
  const [problem] = fieldProblems(context.model, names);
  if (problem !== undefined) throw new SluiceError('sink_failed', problem);
  const path = recordsFile(dir, context.runId);
  const expressions = fieldExpressions(context.model, names);
  // Where nothing was committed, the store need not be there.
  const reached = isDeepStrictEqual(duckPosition.optional().parse(position), atStart) ? undefined : position;
  const openStore = (): Promise<SinkWriter> =>
    openDuckWriter(context, { path, table: recordsTable, memoryLimit, keyed: false }, reached);
  // A run that begins has nothing to look up there: DuckDB is loaded while its first answers are on their way.
  let store = reached === undefined ? undefined : openStore();
  await store;
  let history: DuckDatabase | undefined;
  let ending: Promise<Ending> | undefined;

  /** Compares the run with the history, once: the records can't change any more. */
  function end(report: RunReport): Promise<Ending> {
    return (ending ??= compare(report));
  }

  async function compare(report: RunReport): Promise<Ending> {
    // Lets go of the file, which the history is going to read; made where there was no record.
    await (await (store ??= openStore())).close(report);
    history = await openHistory({ path: historyFile(dir), memoryLimit }, waitMs);
    const run = describeRun(context, report);
    await lookAtRun(history, run, { path, expressions });
    await compareRun(history, run);
    return { database: history, run, trends: await readTrends(history, run) };
  }

  return {
    async write(batch) {
      await (await (store ??= openStore())).write(batch);
    },
    commit: async () => (store === undefined ? atStart : (await store).commit()),
    trends: async (report) => (await end(report)).trends,
    async close(report) {
      const { database, run } = await end(report);
      await publishRun(database, run, report);
      await leaveRun(database);
      await database.close();
    },
    async abort() {
      await history?.close();
      // One that could not be opened has nothing to be given up.
      await store?.then(
        (opened) => opened.abort(),
        () => undefined,
      );
    },
  };
}

interface Ending {
  readonly database: DuckDatabase;
  readonly run: ThisRun;
  readonly trends: PriceTrends;
}
