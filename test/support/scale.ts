import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Arrival } from './arrivals.ts';
import { type Command, startCommand } from './distributed.ts';
import { postgresPrograms, startPostgres, type TestServer } from './postgres.ts';
import { redisMissing, startRedis, type TestRedis } from './redis.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The sources of the scene. */
export const scaleSources = ['one', 'two', 'three'] as const;

/** What the scene's servers lack on this machine; undefined where nothing. */
export const scaleMissing =
  redisMissing ?? (postgresPrograms === undefined ? 'PostgreSQL is not installed' : undefined);

/** The servers of a scene. */
export interface ScaleServers {
  readonly redis: TestRedis;
  readonly postgres: TestServer;
}

/** Has the servers started before the tests of a file and stopped after them, where they are here; gives them within a test. */
export function useScaleServers(): () => ScaleServers {
  let servers: ScaleServers | undefined;
  beforeAll(async () => {
    if (scaleMissing === undefined) {
      servers = { redis: await startRedis({ appendOnly: true }), postgres: await startPostgres() };
    }
  }, 60_000);
  afterAll(async () => {
    await servers?.redis.close();
    await servers?.postgres.stop();
  });
  return () => {
    if (servers === undefined) throw new Error(scaleMissing);
    return servers;
  };
}

/** A run of three sources on real servers, with processes of the built package. */
export interface ScaleScene {
  readonly coordinator: (...args: readonly string[]) => Command;
  readonly worker: (...args: readonly string[]) => Command;
  /** When requests came, by source. */
  readonly arrivals: () => Promise<Readonly<Record<string, readonly Arrival[]>>>;
  /** Makes a source answer 500, or well again. */
  readonly set: (state: 'fail' | 'heal', source: string) => Promise<void>;
  /** How many records there are, how many different ones, and how many there should be. */
  readonly counted: () => Promise<{ readonly rows: number; readonly ids: number; readonly all: number }>;
}

export interface ScaleOptions extends ScaleServers {
  /** Database of this scene alone, and name of its queue. */
  readonly name: string;
  /** Of each source. */
  readonly pages: number;
  readonly rateLimit?: { readonly requests: number; readonly perMs: number };
  readonly config?: Readonly<Record<string, unknown>>;
  readonly source?: Readonly<Record<string, unknown>>;
}

/** Starts the upstream and writes the config. */
export async function createScale(options: ScaleOptions): Promise<ScaleScene> {
  const { redis, postgres, name, pages, rateLimit = { requests: 50, perMs: 1000 }, config = {}, source = {} } = options;
  const folder = await temporaryFolder();
  const upstream: ChildProcess = fork(new URL('scale-upstream.mjs', import.meta.url), [String(pages)], {
    execArgv: [],
  });
  onTestFinished(async () => {
    upstream.disconnect();
    await once(upstream, 'exit');
  });
  const [{ port }] = (await once(upstream, 'message')) as [{ port: number }];
  const url = await postgres.url(name);
  await writeFile(join(folder, 'shop.mjs'), shopModule(pages));
  const entry = (one: string) => ({
    use: './shop.mjs',
    name: one,
    baseUrl: `http://127.0.0.1:${port}/${one}`,
    rateLimit,
    ...source,
  });
  const whole = {
    engine: { use: 'bullmq', redis: '${REDIS_URL}', queue: name, ...(config['engine'] as object | undefined) },
    sources: scaleSources.map(entry),
    sinks: [{ use: 'postgres', url: '${DATABASE_URL}' }],
    workers: { threads: 0 },
  };
  await writeFile(join(folder, 'pipeline.config.json'), JSON.stringify(whole));
  const env = { REDIS_URL: redis.url, DATABASE_URL: url };

  async function tell(message: object): Promise<Readonly<Record<string, readonly Arrival[]>>> {
    upstream.send(message);
    const [{ arrivals }] = (await once(upstream, 'message')) as [{ arrivals: Record<string, Arrival[]> }];
    return arrivals;
  }

  return {
    coordinator: (...args) => startCommand(folder, ['run', '--json', ...args], env),
    worker: (...args) => startCommand(folder, ['worker', '--json', ...args], env),
    arrivals: () => tell({}),
    set: async (state, one) => void (await tell({ [state]: one })),
    async counted() {
      const [row] = await postgres.ask(
        name,
        'SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids FROM product',
      );
      return { rows: Number(row?.['rows']), ids: Number(row?.['ids']), all: scaleSources.length * pages * 10 };
    },
  };
}

/** All pages are on the worklist at once. */
function shopModule(pages: number): string {
  return `export default {
  name: 'shop',
  baseUrl: 'http://127.0.0.1',
  rateLimit: { requests: 50, perMs: 1000 },
  pagination: {
    first: () => Array.from({ length: ${pages} }, (_, page) => ({ key: \`page \${page + 1}\`, url: \`/items?page=\${page + 1}\` })),
    next: () => [],
  },
  items: (body) => body.items,
  normalizer: { normalize: ({ id, title }) => ({ id, title, price: id / 100, category: 'thing' }) },
};
`;
}
