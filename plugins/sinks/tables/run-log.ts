import { z } from 'zod';
import { type RunReport, type SinkContext, SluiceError } from '../../../core/plugin.ts';
import type { Database, TableName } from './database.ts';
import { quoteTable } from './fit-table.ts';

/** How far a run has got in a database that has each commit at once. */
export const runPosition = z.strictObject({
  /** Commits of this run by this sink, over all of its lives. */
  commits: z.int().nonnegative(),
});

/** What a run has done to the database, in the table `sluice_runs`: one row for each run and sink. */
export interface RunLog {
  /** Commits of this run by this sink, over all of its lives. */
  readonly commits: number;
  /** Notes a commit within its transaction. It counts from `committed` on, when the transaction has ended. */
  commit(database: Database): Promise<void>;
  committed(): void;
  /** Notes the end of the run. */
  end(database: Database, report: RunReport): Promise<void>;
}

/** Who writes where. */
export interface LoggedRun extends TableName {
  readonly context: Pick<SinkContext, 'runId' | 'name' | 'sources'>;
  /** Commits that the database has to have. Default: none, the run begins. */
  readonly wanted?: number | undefined;
  /** What else than a database that was replaced explains that it has fewer. Default: nothing. */
  readonly orElse?: string;
}

/** A row of the log. */
export interface LogRow {
  /** The schema of the log. */
  readonly schema: string;
  readonly runId: string;
  readonly sink: string;
}

const row = '"run_id" = $1 AND "sink" = $2';

function logIn(schema: string): string {
  return quoteTable({ schema, table: 'sluice_runs' });
}

/** Commits of a run by a sink, as the log has them; undefined where it does not know them. */
export async function readCommits(database: Database, { schema, runId, sink }: LogRow): Promise<number | undefined> {
  const [found] = await database.query(`SELECT "commits" FROM ${logIn(schema)} WHERE ${row}`, [runId, sink]);
  return found === undefined ? undefined : Number(found[0]);
}

/** Notes how many commits of a run there are, within the transaction that makes it true. */
export async function noteCommits(database: Database, { schema, runId, sink }: LogRow, commits: number): Promise<void> {
  await database.query(`UPDATE ${logIn(schema)} SET "commits" = ${commits}, "committed_at" = now() WHERE ${row}`, [
    runId,
    sink,
  ]);
}

/**
 * Opens the log of a run, within the transaction that is open. Throws `sink_failed` where the database lacks what this run
 * committed to it before.
 */
export async function openRunLog(database: Database, run: LoggedRun): Promise<RunLog> {
  const { context, schema, table, wanted = 0, orElse = '' } = run;
  const { runId, name: sink, sources } = context;
  const log = logIn(schema);
  await database.query(
    `CREATE TABLE IF NOT EXISTS ${log} ("run_id" TEXT, "sink" TEXT, "table_name" TEXT, "sources" TEXT,
     "opened_at" TIMESTAMPTZ, "commits" BIGINT, "committed_at" TIMESTAMPTZ, "ended_at" TIMESTAMPTZ, "records" BIGINT,
     "partial" BOOLEAN, PRIMARY KEY ("run_id", "sink"))`,
  );
  const key = { schema, runId, sink };
  const earlier = await readCommits(database, key);
  if ((earlier ?? 0) < wanted) {
    const text = `the database holds ${earlier ?? 0} of the ${wanted} commits of the run ${runId}: it was replaced or restored since${orElse}; start a new run`;
    throw new SluiceError('sink_failed', text);
  }
  if (earlier === undefined) {
    await database.query(
      `INSERT INTO ${log} ("run_id", "sink", "table_name", "sources", "opened_at", "commits") VALUES ($1, $2, $3, $4, now(), 0)`,
      [runId, sink, table, sources.join(', ')],
    );
  }

  let commits = earlier ?? 0;
  return {
    get commits() {
      return commits;
    },
    // What is there is more than in our own count where the answer to an earlier attempt at this commit was lost.
    commit: (within) => noteCommits(within, key, commits + 1),
    committed: () => void (commits += 1),
    async end(within, { summary }) {
      await within.query(`UPDATE ${log} SET "ended_at" = now(), "records" = $3, "partial" = $4 WHERE ${row}`, [
        runId,
        sink,
        summary.total_products,
        summary.partial,
      ]);
    },
  };
}
