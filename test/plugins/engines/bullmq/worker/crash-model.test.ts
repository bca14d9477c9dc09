import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveConfig } from '../../../../../core/config/resolve.ts';
import type { SinkPlugin } from '../../../../../core/contracts/sink.ts';
import type { SourcePlugin } from '../../../../../core/contracts/source.ts';
import type { Clock, EngineContext, SourceClient } from '../../../../../core/engine.ts';
import { createByteBudget } from '../../../../../core/run/byte-budget.ts';
import { createHasher } from '../../../../../core/processing/hash.ts';
import { createProcessor } from '../../../../../core/processing/create-processor.ts';
import { createLetterContent } from '../../../../../core/state/letter-content.ts';
import { createVault } from '../../../../../core/state/vault.ts';
import { systemClock } from '../../../../../core/system-clock.ts';
import { untimed } from '../../../../../core/contracts/stages.ts';
import type { RunLedger } from '../../../../../plugins/engines/bullmq/ledger/ledger.ts';
import type { RedisCaller } from '../../../../../plugins/engines/bullmq/ledger/scripts/script.ts';
import { createJanitor } from '../../../../../plugins/engines/bullmq/queue/janitor.ts';
import { createBenches } from '../../../../../plugins/engines/bullmq/worker/benches.ts';
import { createHands } from '../../../../../plugins/engines/bullmq/worker/hands.ts';
import { createSessions } from '../../../../../plugins/engines/bullmq/worker/sessions.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { silentLogger } from '../../../../support/silent-logger.ts';
import { ledgerOf, openLedger } from '../ledger/ledger-fixture.ts';
import { itemsOf, listing, type Upstream } from './upstreams.ts';

/** Time that goes twenty times as fast: sinks commit after 10 ms. */
const clock: Clock = { ...systemClock, timer: (ms, fire) => systemClock.timer(ms / 20, fire) };

/** What sessions have written behind each other, and may have to be cut. */
type Parts = Map<string, string[]>;

interface Model {
  readonly redis: RedisCaller;
  readonly key: string;
  readonly source: SourcePlugin;
  readonly upstream: Upstream;
  readonly parts: Parts;
}

let lives = 0;

/** One life of a worker, without its queue: takes whatever page is open until the source has ended, or it dies. */
async function live({ redis, key, source, upstream, parts }: Model): Promise<'ended' | 'died'> {
  lives += 1;
  const worker = `w${lives}`;
  const config = await resolveConfig(
    {
      workers: { threads: 0 },
      sources: [{ use: source, retry: { retries: 2 }, concurrency: 2 }],
      sinks: [{ use: partSink(parts) }],
    },
    { baseDir: process.cwd(), env: {} },
  );
  const context = { config, clock, logger: silentLogger, clean: (text: string) => text } as unknown as EngineContext;
  const hasher = await createHasher(7n);
  const ledger = ledgerOf(redis, key, [source.name]);
  const queue = { add: () => Promise.resolve() };
  const janitor = createJanitor({ ledger, queue, sources: config.sources, hash: hasher.text });
  const sessions = createSessions({
    context,
    runId: '20261126T000000Z-model',
    worker,
    ledger,
    parts: 'none',
    emit: () => undefined,
    onFailure: () => undefined,
  });
  const stop = new AbortController();
  const hands = createHands({
    ledger,
    benches: createBenches({
      context,
      sources: config.sources,
      ledger,
      clients: () => clientOf(upstream),
      stages: () => untimed,
      processor: createProcessor(config, hasher, 7n),
      budget: createByteBudget(1e9),
      letters: createLetterContent([], createVault([])),
      hash: hasher.text,
      emit: () => undefined,
      tend: () => undefined,
      signal: stop.signal,
    }),
    sessions,
    janitor,
    queue,
    sources: config.sources,
    emit: () => undefined,
    clock,
    concurrency: 100,
    signal: stop.signal,
  });
  try {
    await sessions.open();
    while (janitor.ended.size === 0) {
      await janitor.sweep();
      const open = await ledger.source(source.name).orphans();
      await Promise.all(open.map((ordinal) => hands.work(source.name, ordinal)));
    }
    return 'ended';
  } catch (thrown) {
    if (!(thrown instanceof Error && thrown.message === 'killed')) throw thrown;
    return 'died';
  } finally {
    stop.abort();
    // What a process that was killed had open is simply gone.
    void sessions.close();
  }
}

function clientOf(upstream: Upstream): SourceClient {
  return {
    async handle({ url, signal, attempt }) {
      const { status = 200, headers = {}, body } = await upstream(url, signal);
      const bytes = new Uint8Array(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
      return { status, headers, url: url.href, body: bytes, attempts: attempt };
    },
    breaker: {
      state: 'closed',
      lastFailure: undefined,
      era: 0,
      assertLets: () => undefined,
      ready: () => Promise.resolve(),
      execute: (attempt) => attempt(),
    },
    close: () => Promise.resolve(),
  };
}

/** Appends the ids of records to a part of its session; a position is how many there are. */
function partSink(parts: Parts): SinkPlugin {
  return {
    name: 'part',
    distributed: 'direct',
    open() {
      const part: string[] = [];
      parts.set(`${lives}/${parts.size}`, part);
      const at = `${lives}/${parts.size - 1}`;
      return Promise.resolve({
        write(batch) {
          part.push(...batch.records().map(({ id }) => id));
          return Promise.resolve();
        },
        commit: () => Promise.resolve({ at, length: part.length }),
        close: () => Promise.resolve(),
        abort: () => Promise.resolve(),
      });
    },
  };
}

/** What is left of all parts when each is cut where the ledger says. */
async function acknowledged(ledger: RunLedger, parts: Parts): Promise<string[]> {
  const positions = [...(await ledger.parts()).values()].flatMap((bySink) => [...bySink.values()]);
  return positions.flatMap((position) => {
    const { at, length } = position as { at: string; length: number };
    return parts.get(at)?.slice(0, length) ?? [];
  });
}

/** Dies at the call with the number `at`, or after it was made, with its answer lost. */
function mortal(client: RedisCaller, at: number, when: 'before' | 'after') {
  const counted = { calls: 0 };
  const redis: RedisCaller = {
    async callBuffer(command, ...args) {
      counted.calls += 1;
      if (counted.calls > at || (counted.calls === at && when === 'before')) throw new Error('killed');
      const answer = await client.callBuffer(command, ...args);
      if (counted.calls === at) throw new Error('killed');
      return answer;
    },
  };
  return { redis, counted };
}

describe.skipIf(redisMissing !== undefined)('a worker that is killed between any two steps', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.close();
  });

  const cases: readonly (readonly [name: string, source: SourcePlugin, upstream: Upstream, records: number])[] = [
    ['a listing with a total', listing('shop'), itemsOf(25), 25],
    // Item 9 comes at the end of the first page and at the begin of the second.
    ['records that come on two pages', listing('shop'), itemsOf(25, { overlap: 1 }), 23],
  ];

  test.each(cases)(
    '%s: every record counts once',
    async (_, source, upstream, records) => {
      const whole = await openLedger(server, [source.name]);
      const counter = mortal(whole.connection.client, Infinity, 'before');
      const model = { source, upstream, parts: new Map<string, string[]>() };
      expect(await live({ ...model, redis: counter.redis, key: whole.key })).toBe('ended');
      expect((await acknowledged(whole.ledger, model.parts)).toSorted()).toHaveLength(records);

      for (const when of ['before', 'after'] as const) {
        for (let at = 1; at <= counter.counted.calls; at++) {
          const { ledger, connection, key } = await openLedger(server, [source.name]);
          const parts: Parts = new Map();
          await live({ source, upstream, parts, key, redis: mortal(connection.client, at, when).redis });
          expect(await live({ source, upstream, parts, key, redis: connection.client }), `${when} ${at}`).toBe('ended');
          const ids = await acknowledged(ledger, parts);
          expect(new Set(ids).size, `${when} call ${at}`).toBe(records);
          expect(ids.length, `${when} call ${at}`).toBe(records);
          const told = (await ledger.outcomes('0', 1000)).map(({ outcome }) => outcome);
          const landed = told.filter(({ kind }) => kind === 'landed');
          expect(landed.reduce((sum, page) => sum + (page.kind === 'landed' ? page.records : 0), 0)).toBe(records);
          expect(told.at(-1), `${when} ${at}`).toEqual({ kind: 'ended', source: source.name, state: 'complete' });
          await ledger.forget();
          await connection.close();
        }
      }
      await whole.connection.close();
    },
    120_000,
  );
});
