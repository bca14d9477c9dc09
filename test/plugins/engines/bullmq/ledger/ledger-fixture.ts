import { createHash } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { PageRequest } from '../../../../../core/engine.ts';
import { connectRedis, type RedisConnection } from '../../../../../plugins/engines/bullmq/redis/connect.ts';
import { resolveRedis } from '../../../../../plugins/engines/bullmq/redis/options.ts';
import type {
  DonePage,
  NewRequest,
  RunLedger,
  SourceLedger,
} from '../../../../../plugins/engines/bullmq/ledger/ledger.ts';
import type { OpenPage } from '../../../../../plugins/engines/bullmq/ledger/open-page.ts';
import type { LandedPage } from '../../../../../plugins/engines/bullmq/ledger/outcome.ts';
import { createRunLedger } from '../../../../../plugins/engines/bullmq/ledger/run-ledger.ts';
import { SluiceError } from '../../../../../core/errors.ts';
import { noPageMetrics } from '../../../../../core/metrics/page-metrics.ts';
import type { RedisCaller } from '../../../../../plugins/engines/bullmq/ledger/scripts/script.ts';
import { startRedis, type TestRedis } from '../../../../support/redis.ts';

/** Makes the ledger of a run of its own on a test's server. */
export async function openLedger(
  redis: TestRedis,
  sources: readonly string[] = ['shop'],
): Promise<{ readonly ledger: RunLedger; readonly connection: RedisConnection; readonly key: string }> {
  const connection = await connectRedis({ settings: resolveRedis(redis.url), role: 'test' });
  runs += 1;
  const key = `{test:${runs}}`;
  return { ledger: ledgerOf(connection.client, key, sources), connection, key };
}

/** Ledgers on a server that is started before the tests of a `describe` and stopped after them. */
export interface Ledgers {
  readonly redis: () => TestRedis;
  /** Makes the ledger of a run of its own, with `count` first requests of the source `shop`. */
  readonly begun: (
    count: number,
    maxPages?: number,
  ) => Promise<Awaited<ReturnType<typeof openLedger>> & { readonly source: SourceLedger }>;
}

export function useLedgers(): Ledgers {
  let redis: TestRedis;
  const close: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await Promise.all(close.map((end) => end()));
    await redis.close();
  });

  return {
    redis: () => redis,
    async begun(count, maxPages = 100) {
      const opened = await openLedger(redis);
      close.push(() => opened.connection.close());
      const source = opened.ledger.source('shop');
      const requests = Array.from({ length: count }, (_, index) => requestFor(index));
      await source.add(requests, { reason: 'first', maxPages });
      return { ...opened, source };
    },
  };
}

/** Begins the work on the lot of a page, which has that one. */
export async function startPage(source: SourceLedger, ordinal: number, token = `t${ordinal}`): Promise<OpenPage> {
  const [started] = await source.start(ordinal, token);
  if (started === undefined) throw new Error(`page ${ordinal} is over`);
  return started.page;
}

/** The ledger of the run whose keys begin with `key`. */
export function ledgerOf(redis: RedisCaller, key: string, sources: readonly string[] = ['shop']): RunLedger {
  const vault = { hide: (request: PageRequest) => request, show: (request: PageRequest) => request };
  const jobKey = (source: string): string => `${key}:pages:${source}.`;
  return createRunLedger({ redis, key, vault, runId: key, sources, jobKey });
}

/** A client that dies after `calls` commands, as a process would. */
export function dyingAfter(calls: number, client: RedisCaller): RedisCaller {
  let left = calls;
  return {
    callBuffer(command, ...args) {
      left -= 1;
      if (left < 0) throw new Error('killed');
      return client.callBuffer(command, ...args);
    },
  };
}

let runs = 0;

export function hashOf(text: string): bigint {
  return createHash('sha1').update(text).digest().readBigUInt64BE();
}

/** A request for the page `name`, of the source's own listing. */
export function requestFor(name: string | number, listing?: string, opens = false): NewRequest {
  const request = { key: `page-${name}`, url: `/items?page=${name}` };
  return { request, hashes: [hashOf(`key ${request.key}`), hashOf(request.url)], listing, opens };
}

/** A page that is written, with `records` new records. */
export function donePage(source: string, page: OpenPage, more: Partial<LandedPage> = {}): DonePage {
  const outcome: LandedPage = {
    kind: 'landed',
    source,
    key: page.request.key,
    items: 2,
    records: 2,
    duplicates: 0,
    dropped: 0,
    drops: new Map(),
    split: 0,
    rejects: [],
    metrics: noPageMetrics(),
    attempts: 1,
    bytes: 100,
    processingMs: 1,
    ...more,
  };
  return {
    source,
    page,
    totals: { items: outcome.items, total: undefined, opens: undefined, child: undefined },
    outcome,
  };
}

export function ids(...names: readonly string[]): BigUint64Array {
  return BigUint64Array.from(names, hashOf);
}

/** An acknowledgement of pages that are written. */
export function ackOf(number: number, pages: readonly ReturnType<typeof donePage>[], session = 'session') {
  return { session, number, worker: 'worker', pages, sinks: {}, positions: {} };
}

/** That the page with this ordinal will not come. */
export function failedPage(ordinal: number) {
  const error = new SluiceError('http_500', 'no', { status: 500 });
  return { kind: 'failed', source: 'shop', pages: 1, error, page: { ordinal, key: `page-${ordinal}` } } as const;
}
