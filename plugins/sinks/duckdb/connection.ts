import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type * as duckdb from '@duckdb/node-api';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadLibrary, sinkError, SluiceError } from '../../../core/plugin.ts';
import type { Database } from '../tables/database.ts';
import { halfOf, shortOfMemory } from './memory-limit.ts';
import { removeUnfinished } from './unfinished-file.ts';
import { whenFree } from './when-free.ts';

/** A database file that is open. */
export interface DuckDatabase extends Database {
  /** Runs `work` within a transaction: all of it, or nothing. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Lets go of the file and opens it again, between two statements: that alone gives back what DuckDB keeps of changed rows. */
  reopen(): Promise<void>;
  /** Ends what is under way, takes back its transaction, and lets go of the file. */
  close(): Promise<void>;
}

/** How a file is opened. */
export interface DuckSettings {
  readonly path: string;
  /** As DuckDB has it, such as `512MB`. */
  readonly memoryLimit: string;
  readonly readOnly?: boolean;
  /** Threads that work on a statement. Default: one for each core. */
  readonly threads?: number;
}

/** A file that is open, as DuckDB's own library has it. */
export interface OpenedDuck {
  readonly library: typeof duckdb;
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
}

/** How long somebody who has got hold of a file between its closing and opening may have it, in milliseconds. */
const betweenMs = 10_000;

/** Opens a database file, or makes it. Throws `sink_failed`, also where DuckDB is not installed. */
export async function openDuckDatabase(settings: DuckSettings): Promise<DuckDatabase> {
  const again = (): Promise<OpenedDuck> => whenFree(settings.path, betweenMs, () => openDuck(settings));
  return overConnection(await openDuck(settings), again);
}

/** The same, for what goes beyond tables. */
export async function openDuck({ path, memoryLimit, readOnly = false, threads }: DuckSettings): Promise<OpenedDuck> {
  const library = await loadLibrary('the sink "duckdb"', ['@duckdb/node-api'], () => import('@duckdb/node-api'));
  if (!readOnly) await removeUnfinished(path);
  // From the cache: within one process, DuckDB does not see that a file is open already, and would write over it.
  const opening = library.DuckDBInstance.fromCache(path, {
    memory_limit: memoryLimit,
    // What its allocator keeps for later is beyond the limit: without a thread that gives it back, as much again.
    allocator_background_threads: 'true',
    // What it needs is built in: nothing is to be fetched from the network.
    autoinstall_known_extensions: 'false',
    // The order of the rows is of no use to a table; keeping it costs memory.
    preserve_insertion_order: 'false',
    // Each time, the index is written anew: at DuckDB's own 16 MB, that takes longer than all the rest. Until then it stands
    // in memory, where at most half of the room is for it: beyond, it would be put on the disk and read back.
    checkpoint_threshold: halfOf(memoryLimit),
    ...(readOnly && { access_mode: 'READ_ONLY' }),
    ...(threads !== undefined && { threads: String(threads) }),
  });
  const instance = await opening.catch((error: unknown) => {
    throw sinkError(error, `opening the database ${path}`);
  });
  try {
    return { library, instance, connection: await instance.connect() };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** How often a statement that is to end is told so again, in milliseconds: one that has not begun yet does not hear it. */
const interruptMs = 10;

function overConnection(first: OpenedDuck, openAgain: () => Promise<OpenedDuck>): DuckDatabase {
  /** Undefined while it is being opened again, and where that has failed. */
  let opened: OpenedDuck | undefined = first;
  const underWay = new Set<Promise<unknown>>();
  let closing = false;

  async function query(sql: string, values: readonly (string | number | boolean)[] = []) {
    if (closing || opened === undefined) throw new Error('the database is being closed');
    const running = opened.connection.runAndReadAll(sql, [...values]);
    underWay.add(running);
    try {
      return (await running).getRows();
    } catch (error) {
      const memory = shortOfMemory(error);
      if (memory === undefined) throw error;
      const text = `DuckDB needs more memory than the sink lets it take: raise its "memoryLimit" (${memory})`;
      throw new SluiceError('sink_failed', text, { cause: error });
    } finally {
      underWay.delete(running);
    }
  }

  return {
    query,
    async transaction(work) {
      await query('BEGIN');
      try {
        const result = await work();
        await query('COMMIT');
        return result;
      } catch (error) {
        // After some errors there is no transaction left to be taken back; closing takes it back, too.
        await query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    },
    async reopen() {
      if (closing || opened === undefined) throw new Error('the database is being closed');
      closeDuck(opened);
      opened = undefined;
      const opening = openAgain().then((again) => void (opened = again));
      // Who closes it meanwhile waits for it.
      underWay.add(opening);
      try {
        await opening;
      } finally {
        underWay.delete(opening);
      }
    },
    async close() {
      closing = true;
      // To take the connection from under a statement would crash the process.
      while (underWay.size > 0) {
        opened?.connection.interrupt();
        await Promise.race([Promise.allSettled(underWay), sleep(interruptMs)]);
      }
      if (opened !== undefined) closeDuck(opened);
    },
  };
}

/** Lets go of the file; no statement may be under way. */
export function closeDuck({ instance, connection }: OpenedDuck): void {
  // Rows may be left of an answer that nobody reads on.
  connection.interrupt();
  connection.closeSync();
  instance.closeSync();
}
