import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { Cluster, Redis } from 'ioredis';
import { loadLibrary, SluiceError } from '../../../../core/plugin.ts';
import type { RedisSettings } from './options.ts';
import { isPassing, redisError } from './redis-error.ts';

/** A client of one server or of a cluster: the same commands. */
export type RedisClient = Redis | Cluster;

/** How to connect, and who hears of a connection that is lost. */
export interface ConnectOptions {
  readonly settings: RedisSettings;
  /** Shown by CLIENT LIST: `sluice:<role>`. */
  readonly role: string;
  /** Told when a connection is lost and when it is back. Default: nobody. */
  readonly onState?: (state: 'lost' | 'back') => void;
  /** Milliseconds that the first connection may take. Default 10 000. */
  readonly connectMs?: number;
}

/** A server that was reached once, and is connected to again for as long as it takes. */
export interface RedisConnection {
  readonly client: RedisClient;
  /** Where it is, without credentials. */
  readonly where: string;
  /** A connection of one's own, for commands that block and for subscriptions; closed with this one. */
  duplicate(): RedisClient;
  /** Waits for what is under way, at most a second, and closes all. */
  close(): Promise<void>;
}

/** Milliseconds for the first connection, where nobody says otherwise. */
const defaultConnectMs = 10_000;
/** Longest wait between two attempts to get a lost connection back, in milliseconds: a server that is back is soon used. */
const longestReconnectMs = 1000;
const closeMs = 1000;
/** Milliseconds between two times that a server which reads its data is asked whether it is there. */
const loadingMs = 100;

/**
 * Connects. Commands that are given while a connection is lost wait for it, however long that takes, and those that got
 * no answer are sent once more: whatever is done must be able to be repeated.
 *
 * Throws `library_missing`, `config_invalid` for files of TLS that can't be read, `redis_refused` where the login is
 * refused, `redis_unavailable` where there is no server.
 */
export async function connectRedis(options: ConnectOptions): Promise<RedisConnection> {
  const { settings, role, onState, connectMs = defaultConnectMs } = options;
  const { Redis, Cluster } = await loadLibrary('the engine "bullmq"', ['bullmq', 'ioredis'], () => import('ioredis'));
  const tls = settings.tls && (await readTls(settings.tls));
  const where = settings.addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
  const common = {
    connectionName: `sluice:${role}`,
    username: settings.username,
    password: settings.password,
    tls,
    // Wait for ever: a run outlives its server's restart.
    maxRetriesPerRequest: null,
    // A server that became a replica is connected to anew, and what it refused is sent again.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
  };
  const wait = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), longestReconnectMs);
  const single = { ...common, ...settings.addresses[0], db: settings.db, lazyConnect: true, retryStrategy: wait };
  // Whether a client asks by INFO if the server has loaded its data: it prints where an ACL user may not.
  let enableReadyCheck = false;
  const make = (): RedisClient =>
    settings.isCluster
      ? new Cluster([...settings.addresses], {
          lazyConnect: true,
          clusterRetryStrategy: wait,
          clusterNodeRetryStrategy: wait,
          redisOptions: common,
        })
      : new Redis({ ...single, enableReadyCheck });

  const clients: RedisClient[] = [];
  function add(): RedisClient {
    const client = make();
    // Without a listener, a lost connection would be printed. What it means is told by who waits for an answer.
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  }

  const client = add();
  await firstConnection(client, { where, connectMs });
  if (!(client instanceof Cluster) && (await mayAskInfo(client))) {
    enableReadyCheck = true;
    // From the next connection on.
    client.options.enableReadyCheck = true;
  }
  let lost = false;
  client.on('close', () => {
    if (!lost) onState?.('lost');
    lost = true;
  });
  client.on('ready', () => {
    if (lost) onState?.('back');
    lost = false;
  });

  return {
    client,
    where,
    duplicate() {
      const another = add();
      // It reconnects as the first does; who uses it waits.
      another.connect().catch(() => undefined);
      return another;
    },
    async close() {
      client.removeAllListeners('close');
      await Promise.all(clients.map(closeClient));
    },
  };
}

/** Waits for one connection that works, or for the reason why there is none. */
async function firstConnection(
  client: RedisClient,
  { where, connectMs }: { readonly where: string; readonly connectMs: number },
): Promise<void> {
  let last: unknown = new SluiceError('redis_unavailable', `Redis at ${where} does not answer within ${connectMs} ms`, {
    retryable: true,
  });
  let timer: NodeJS.Timeout | undefined;
  // The client itself would try for ever, also with a password that is wrong.
  const failed = new Promise<never>((_, reject) => {
    const fail = (error: unknown): void => {
      const made = redisError(error, 'connecting', where);
      if (made.code === 'redis_refused') reject(made);
      last = made;
    };
    client.on('error', fail);
    client.on('node error', fail);
    timer = setTimeout(() => reject(last), connectMs);
  });
  try {
    await Promise.race([client.connect().then(() => loaded(client)), failed]);
  } catch (error) {
    client.disconnect();
    throw redisError(
      last instanceof SluiceError && !(error instanceof SluiceError) ? last : error,
      'connecting',
      where,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until the server takes commands: one that has just started reads its data first. */
async function loaded(client: RedisClient): Promise<void> {
  for (;;) {
    try {
      await client.ping();
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, loadingMs).unref();
    });
  }
}

async function mayAskInfo(client: RedisClient): Promise<boolean> {
  try {
    await client.info('persistence');
    return true;
  } catch {
    return false;
  }
}

async function closeClient(client: RedisClient): Promise<void> {
  if (client.status !== 'ready') return client.disconnect();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeMs);
  });
  await Promise.race([client.quit().catch(() => undefined), late]);
  clearTimeout(timer);
  client.disconnect();
}

async function readTls(files: NonNullable<RedisSettings['tls']>): Promise<ConnectionOptions> {
  const read = async (name: 'ca' | 'cert' | 'key'): Promise<Buffer | undefined> => {
    const path = files[name];
    if (path === undefined) return undefined;
    try {
      return await readFile(path);
    } catch (error) {
      throw new SluiceError('config_invalid', `engine.redis.tls.${name}: ${path} can’t be read`, { cause: error });
    }
  };
  const [ca, cert, key] = await Promise.all([read('ca'), read('cert'), read('key')]);
  const { servername } = files;
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), ...(servername && { servername }) };
}
