import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool, PoolClient } from 'pg';
import type { from as startCopy } from 'pg-copy-streams';
import { loadLibrary, SluiceError } from '../../../core/plugin.ts';
import type { Database } from '../tables/database.ts';
import { type Tls, tlsOf } from './tls.ts';
import { withReconnect } from './transient.ts';

/** A connection within a transaction. */
export interface PostgresTransaction extends Database {
  /** Sends rows to a `COPY … FROM STDIN`. */
  copy(sql: string, rows: Iterable<Buffer>): Promise<void>;
}

/** A server that is connected to whenever it is needed. */
export interface PostgresServer {
  /**
   * Runs `work` within a transaction, and again on a new connection where that fails: `work` must be able to be repeated,
   * even where it was committed and only the answer was lost. With `keep` false everything is taken back at its end.
   */
  transaction<T>(work: (transaction: PostgresTransaction) => Promise<T>, options?: { keep: boolean }): Promise<T>;
  /** Closes the connections, once nothing is under way. */
  close(): Promise<void>;
  /** Cuts the connections at once. */
  cut(): Promise<void>;
}

/** Milliseconds that connecting may take. */
const connectMs = 10_000;

/**
 * Gets ready to connect; nothing is sent yet. Throws `sink_failed` where the driver is not installed, and for settings that
 * can't be.
 */
export async function createPostgresServer(url: string | undefined): Promise<PostgresServer> {
  const [{ default: pg }, { from: copyFrom }] = await loadLibrary(
    'the sink "postgres"',
    ['pg', 'pg-copy-streams'],
    () => Promise.all([import('pg'), import('pg-copy-streams')]),
  );
  const port = process.env['PGPORT'];
  // The driver would wait for an answer until its time is up.
  if (url === undefined && port !== undefined && !/^\d{1,5}$/.test(port))
    throw new SluiceError('sink_failed', `the variable PGPORT is no port: ${JSON.stringify(port)}`);
  const tls = await tlsOf(url, process.env);
  const sockets = new Set<Socket>();
  const ending = new AbortController();
  let pool = createPool(tls.ssl);

  function createPool(ssl: Tls['ssl']): Pool {
    const created = new pg.Pool({
      // Without a URL, the driver asks the variables PGHOST, PGUSER, … as every client does.
      ...(tls.url !== undefined && { connectionString: tls.url }),
      ...(ssl !== undefined && { ssl }),
      application_name: 'sluice',
      // One writer, one transaction at a time.
      max: 1,
      connectionTimeoutMillis: connectMs,
      stream: () => {
        const socket = new Socket();
        sockets.add(socket.once('close', () => sockets.delete(socket)));
        return socket;
      },
    });
    // An idle connection that is lost is replaced by the next transaction; without a listener it would end the process.
    created.on('error', () => undefined);
    return created;
  }

  async function connect(): Promise<PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      if (!tls.optional || !hasNoTls(error) || ending.signal.aborted) throw error;
      await pool.end();
      pool = createPool(false);
      return pool.connect();
    }
  }

  async function once<T>(work: (transaction: PostgresTransaction) => Promise<T>, keep: boolean): Promise<T> {
    const client = await connect();
    // One that breaks while it is lent tells so by the query that fails, too.
    client.on('error', ignore);
    let failed: unknown;
    try {
      await client.query('BEGIN');
      const result = await work(overClient(client, copyFrom));
      await client.query(keep ? 'COMMIT' : 'ROLLBACK');
      return result;
    } catch (error) {
      failed = error;
      throw error;
    } finally {
      client.off('error', ignore);
      // After a failure the connection goes: the server takes back what was not committed.
      client.release(failed !== undefined);
    }
  }

  return {
    transaction: (work, { keep } = { keep: true }) => withReconnect(() => once(work, keep), ending.signal),
    close: () => pool.end(),
    async cut() {
      ending.abort();
      for (const socket of sockets) socket.destroy();
      if (!pool.ending) await pool.end();
    },
  };
}

function ignore(): void {}

/** The driver's own words for the answer of a server that is asked for TLS and has none. */
function hasNoTls(error: unknown): boolean {
  return error instanceof Error && error.message === 'The server does not support SSL connections';
}

function overClient(client: PoolClient, copyFrom: typeof startCopy): PostgresTransaction {
  return {
    async query(sql, values = []) {
      const { rows } = await client.query<unknown[]>({ text: sql, values: [...values], rowMode: 'array' });
      return rows;
    },
    async copy(sql, rows) {
      await pipeline(Readable.from(rows, { objectMode: true, highWaterMark: 1 }), client.query(copyFrom(sql)));
    },
  };
}
