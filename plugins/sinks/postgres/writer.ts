import { sinkError, type SinkContext, type SinkPosition, type SinkWriter } from '../../../core/plugin.ts';
import { columnsOf } from '../tables/columns.ts';
import type { Dialect, TableName } from '../tables/database.ts';
import { fitTable } from '../tables/fit-table.ts';
import { createPending } from '../tables/pending.ts';
import { openRunLog, runPosition } from '../tables/run-log.ts';
import { createPostgresServer } from './connection.ts';
import { createTakeIn, isTaken } from './take-in.ts';

const dialect: Dialect = {
  name: 'PostgreSQL',
  jsonType: 'JSONB',
  // A longer name would be cut off without a word (NAMEDATALEN).
  names: { fold: (name) => name, maxBytes: 63 },
};

export interface PostgresWriterOptions extends TableName {
  /** Default: what the variables PGHOST, PGUSER, … say. */
  readonly url: string | undefined;
}

/**
 * Opens the table of a run, made or made to fit. Lines wait in memory for the commit, which copies and merges them within
 * one transaction: where the connection is lost, the whole of it is done again.
 */
export async function openPostgresWriter(
  context: SinkContext,
  { url, ...name }: PostgresWriterOptions,
  position: SinkPosition | undefined,
): Promise<SinkWriter> {
  const columns = columnsOf(context.model, dialect.names);
  const server = await createPostgresServer(url);
  const place = `the table "${name.table}" ${placeOf(url)}`;
  try {
    const log = await server.transaction(async (transaction) => {
      await fitTable(transaction, { name, columns, dialect });
      return openRunLog(transaction, { context, ...name, wanted: runPosition.optional().parse(position)?.commits });
    });
    const reached = (): SinkPosition => ({ commits: log.commits });
    const pending = createPending({ database: dialect.name, nul: false, logger: context.logger });
    const takeIn = createTakeIn(name, columns);
    /** Whether records have come that are in the table: then more of them will. */
    let merging = false;

    async function transfer(): Promise<void> {
      await server.transaction(async (transaction) => {
        const lines = pending.batches.map((batch) => batch.lines);
        if (merging) await takeIn.merge(transaction, lines);
        else await takeIn.copy(transaction, lines);
        await log.commit(transaction);
      });
    }

    async function takeAll(): Promise<void> {
      try {
        await transfer();
      } catch (error) {
        if (merging || !isTaken(error)) throw error;
        merging = true;
        await transfer();
      }
    }

    return {
      async write(batch) {
        pending.add(batch);
      },
      async commit() {
        if (pending.batches.length === 0) return reached();
        await takeAll().catch((error: unknown) => {
          throw sinkError(error, `committing to ${place}`);
        });
        log.committed();
        pending.clear();
        return reached();
      },
      async close(report) {
        await server.transaction((transaction) => log.end(transaction, report));
        pending.tellReplaced();
        await server.close();
      },
      abort: () => server.cut(),
    };
  } catch (error) {
    await server.cut();
    throw sinkError(error, `opening ${place}`);
  }
}

/** Finds out whether the table could be opened for a run: does it, and takes it back. Throws `sink_failed`. */
export async function checkPostgresTable(context: SinkContext, options: PostgresWriterOptions): Promise<void> {
  const { url, ...name } = options;
  const columns = columnsOf(context.model, dialect.names);
  const server = await createPostgresServer(url);
  try {
    const check = async (transaction: Parameters<typeof fitTable>[0]): Promise<void> => {
      await fitTable(transaction, { name, columns, dialect });
      await openRunLog(transaction, { context, ...name });
    };
    await server.transaction(check, { keep: false });
  } catch (error) {
    throw sinkError(error, `checking the table "${name.table}" ${placeOf(url)}`);
  } finally {
    await server.cut();
  }
}

/** Where the server is, in words, without who connects to it and by which password. */
function placeOf(url: string | undefined): string {
  const { PGHOST: host } = process.env;
  if (url === undefined) return host === undefined ? 'at localhost, for PGHOST is not set' : `at ${host}`;
  return URL.canParse(url) ? `at ${new URL(url).host}` : 'at the URL that is given';
}
