import { z } from 'zod';
import { type RunReport, type SinkContext, type SinkPosition, SluiceError } from '../../../core/plugin.ts';
import type { Database, TableName } from './database.ts';
import { quoteTable } from './fit-table.ts';

/** How far a run has got in a database. */
export const runPosition = z.strictObject({
  /** Commits of this run by this sink, over all of its lives. */
  commits: z.int().nonnegative(),
});

/** What a run has done to the database, in the table `sluice_runs`: one row for each run and sink. */
export interface RunLog {
  /** Where the run stands by the last commit. */
  readonly position: SinkPosition;
  /** Notes a commit within its transaction. The position moves on by `committed`, when the transaction has ended. */
  commit(database: Database): Promise<void>;
  committed(): void;
  /** Notes the end of the run. */
  end(database: Database, report: RunReport): Promise<void>;
}

/** Who writes where. */
export interface LoggedRun extends TableName {
  readonly context: Pick<SinkContext, 'runId' | 'name' | 'sources'>;
  readonly position: SinkPosition | undefined;
}

/**
 * Opens the log of a run, within the transaction that is open. Throws `sink_failed` where the database lacks what this run
 * committed to it before.
 */
export async function openRunLog(database: Database, run: LoggedRun): Promise<RunLog> {
  const { context, schema, table } = run;
  const { runId, name, sources } = context;
  const log = quoteTable({ schema, table: 'sluice_runs' });
  const row = '"run_id" = $1 AND "sink" = $2';
  await database.query(
    `CREATE TABLE IF NOT EXISTS ${log} ("run_id" TEXT, "sink" TEXT, "table_name" TEXT, "sources" TEXT,
     "opened_at" TIMESTAMPTZ, "commits" BIGINT, "committed_at" TIMESTAMPTZ, "ended_at" TIMESTAMPTZ, "records" BIGINT,
     "partial" BOOLEAN, PRIMARY KEY ("run_id", "sink"))`,
  );
  const [found] = await database.query(`SELECT "commits" FROM ${log} WHERE ${row}`, [runId, name]);
  const earlier = found === undefined ? undefined : Number(found[0]);
  if (run.position !== undefined) {
    const wanted = runPosition.parse(run.position).commits;
    if (earlier === undefined || earlier < wanted) {
      const text = `the database holds ${earlier ?? 0} of the ${wanted} commits of the run ${runId}: it was replaced or restored since; start a new run`;
      throw new SluiceError('sink_failed', text);
    }
  }
  if (earlier === undefined) {
    await database.query(
      `INSERT INTO ${log} ("run_id", "sink", "table_name", "sources", "opened_at", "commits") VALUES ($1, $2, $3, $4, now(), 0)`,
      [runId, name, table, sources.join(', ')],
    );
  }

  let commits = earlier ?? 0;
  return {
    get position() {
      return { commits };
    },
    async commit(within) {
      // What is there is more than in our own count where the answer to an earlier attempt at this commit was lost.
      await within.query(`UPDATE ${log} SET "commits" = ${commits + 1}, "committed_at" = now() WHERE ${row}`, [
        runId,
        name,
      ]);
    },
    committed: () => void (commits += 1),
    async end(within, { summary }) {
      await within.query(`UPDATE ${log} SET "ended_at" = now(), "records" = $3, "partial" = $4 WHERE ${row}`, [
        runId,
        name,
        summary.total_products,
        summary.partial,
      ]);
    },
  };
}
