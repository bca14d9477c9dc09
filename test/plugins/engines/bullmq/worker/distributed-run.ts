import { setTimeout as wait } from 'node:timers/promises';
import { resolveConfig } from '../../../../../core/config/resolve.ts';
import type { TransportFactory } from '../../../../../core/contracts/http.ts';
import type { SinkPlugin } from '../../../../../core/contracts/sink.ts';
import type { SourcePlugin } from '../../../../../core/contracts/source.ts';
import type { EngineContext } from '../../../../../core/engine.ts';
import { createHasher } from '../../../../../core/processing/hash.ts';
import { systemClock } from '../../../../../core/system-clock.ts';
import type { RunLedger } from '../../../../../plugins/engines/bullmq/ledger/ledger.ts';
import type { LedgerOutcome } from '../../../../../plugins/engines/bullmq/ledger/outcome.ts';
import { createRunLedger } from '../../../../../plugins/engines/bullmq/ledger/run-ledger.ts';
import { createRunRegistry } from '../../../../../plugins/engines/bullmq/ledger/run-registry.ts';
import { options as engineOptions } from '../../../../../plugins/engines/bullmq/options.ts';
import { createJanitor } from '../../../../../plugins/engines/bullmq/queue/janitor.ts';
import { jobKey, openPageQueue } from '../../../../../plugins/engines/bullmq/queue/page-queue.ts';
import { connectRedis } from '../../../../../plugins/engines/bullmq/redis/connect.ts';
import { runKeys } from '../../../../../plugins/engines/bullmq/redis/keys.ts';
import { resolveRedis } from '../../../../../plugins/engines/bullmq/redis/options.ts';
import { work } from '../../../../../plugins/engines/bullmq/worker/work.ts';
import type { TestRedis } from '../../../../support/redis.ts';
import { silentLogger } from '../../../../support/silent-logger.ts';
import type { Upstream } from './upstreams.ts';

/** A database that several workers write to: a record is there once it is committed, by its id. */
export interface Table {
  readonly rows: Map<string, unknown>;
  /** Records committed, a record that came twice twice. */
  writes: number;
}

export interface DistributedRunOptions {
  readonly redis: TestRedis;
  readonly sources: readonly SourcePlugin[];
  readonly upstream: Upstream;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** `workers.maxInFlightBytes`; that of the config's defaults where it is not given. */
  readonly maxInFlightBytes?: number | undefined;
  /** Called before a batch is written and before a commit. */
  readonly onSink?: ((doing: 'write' | 'commit') => void | Promise<void>) | undefined;
}

/** A config with one sink, the table. */
export function configOf(
  options: Pick<DistributedRunOptions, 'sources' | 'settings' | 'maxInFlightBytes' | 'onSink'>,
  table: Table,
) {
  const { sources, settings = {}, maxInFlightBytes, onSink } = options;
  const sink: SinkPlugin = {
    name: 'table',
    distributed: 'direct',
    open() {
      let held: { readonly id: string }[] = [];
      return Promise.resolve({
        async write(batch) {
          await onSink?.('write');
          held.push(...batch.records());
        },
        async commit() {
          await onSink?.('commit');
          for (const record of held) table.rows.set(record.id, record);
          table.writes += held.length;
          held = [];
          return null;
        },
        close: () => Promise.resolve(),
        abort: () => Promise.resolve(),
      });
    },
  };
  return resolveConfig(
    {
      workers: { threads: 0, ...(maxInFlightBytes !== undefined && { maxInFlightBytes }) },
      sources: sources.map((use) => ({ use, retry: { retries: 2, baseMs: 1, maxMs: 5 }, ...settings })),
      sinks: [{ use: sink }],
    },
    { baseDir: process.cwd(), env: {} },
  );
}

/** A transport that answers as the upstream of a test says. */
export function transportOf(upstream: Upstream): TransportFactory {
  return () => ({
    async handle(request) {
      request.onPhase?.('sent');
      const { status = 200, headers = {}, body } = await upstream(request.url, request.signal);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return {
        status,
        headers: { 'content-type': 'application/json', ...headers },
        url: request.url.href,
        body: new Uint8Array(Buffer.from(text)),
      };
    },
    close: () => Promise.resolve(),
  });
}

let runs = 0;

/** A run whose coordinator is the test: it is registered, and its outcomes are read. */
export async function beginRun(options: DistributedRunOptions) {
  const { redis, upstream } = options;
  const table: Table = { rows: new Map(), writes: 0 };
  const config = await configOf(options, table);
  const transport = transportOf(upstream);
  const context: EngineContext = {
    config,
    version: '1.0.0',
    fingerprint: { sources: 'same' },
    pluginVersions: new Map(),
    logger: silentLogger,
    clock: systemClock,
    random: Math.random,
    transport,
    clean: (text) => text,
  };
  runs += 1;
  const queue = `test${runs}`;
  const runId = `20261126T000000Z-${runs}`;
  const engine = engineOptions.parse({ redis: redis.url, queue, takeoverMs: 1000 });
  const connection = await connectRedis({ settings: resolveRedis(redis.url), role: 'test' });
  const registry = createRunRegistry({ redis: connection.client, queue });
  const keys = runKeys(queue, runId);
  const names = config.sources.map(({ name }) => name);
  const run = {
    runId,
    version: '1.0.0',
    fingerprint: { sources: 'same' },
    startedAt: 1,
    state: 'running' as const,
    hashKey: 7n,
    sources: names,
    cursors: {},
  };
  const ledger = createRunLedger({
    redis: connection.client,
    key: keys.prefix,
    runId,
    sources: names,
    vault: { hide: (request) => request, show: (request) => request },
    jobKey: (source) => jobKey(keys, source),
  });
  const pages = await openPageQueue(connection, keys);
  const hasher = await createHasher(7n);
  const janitor = createJanitor({ ledger, queue: pages, sources: config.sources, hash: hasher.text });
  await registry.register(run);
  const stops: AbortController[] = [];
  const workers: Promise<void>[] = [];
  return {
    table,
    ledger,
    janitor,
    registry,
    run,
    queue,
    context,
    engine,
    connection,
    pages,
    /** Starts a worker in this process. */
    startWorker(more: Partial<EngineContext> = {}, concurrency?: number, drainMs = 2000) {
      const stop = new AbortController();
      stops.push(stop);
      const how = { concurrency, drainMs, signal: stop.signal };
      const working = work({ ...context, ...more }, engine, how);
      workers.push(working);
      working.catch(() => undefined);
      return { stop: () => stop.abort(), working };
    },
    /** Waits until all sources have ended; what was told until then, in order. */
    async ended(ms = 20_000): Promise<readonly LedgerOutcome[]> {
      const until = Date.now() + ms;
      for (;;) {
        const entries = await ledger.outcomes('0', 100_000);
        const told = entries.map(({ outcome }) => outcome);
        if (told.filter(({ kind }) => kind === 'ended').length === names.length) return told;
        if (Date.now() > until) throw new Error(`not ended: ${JSON.stringify(await standings(ledger, names))}`);
        await wait(20);
      }
    },
    async close() {
      for (const stop of stops) stop.abort();
      await Promise.allSettled(workers);
      await pages.close();
      await connection.close();
    },
  };
}

async function standings(ledger: RunLedger, names: readonly string[]) {
  return Promise.all(names.map((name) => ledger.source(name).standing()));
}

/** How often each kind of outcome was told. */
export function countKinds(told: readonly LedgerOutcome[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of told) if (kind !== 'figures' && kind !== 'sinks') counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
