import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRunRegistry } from '../../../../../plugins/engines/bullmq/ledger/run-registry.ts';
import type { RegisteredRun } from '../../../../../plugins/engines/bullmq/ledger/runs.ts';
import { connectRedis, type RedisConnection } from '../../../../../plugins/engines/bullmq/redis/connect.ts';
import { resolveRedis } from '../../../../../plugins/engines/bullmq/redis/options.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';

describe.skipIf(redisMissing !== undefined)('the runs of a queue', () => {
  let redis: TestRedis;
  let connection: RedisConnection;
  beforeAll(async () => {
    redis = await startRedis();
    connection = await connectRedis({ settings: resolveRedis(redis.url), role: 'test' });
  });
  afterAll(async () => {
    await connection.close();
    await redis.close();
  });

  const run: RegisteredRun = {
    runId: '20261126-a',
    version: '1.0.0',
    fingerprint: { sources: 'abc' },
    startedAt: 1000,
    state: 'running',
    hashKey: 2n ** 63n + 1n,
    sources: ['shop'],
    cursors: {},
  };
  const open = (queue: string) => createRunRegistry({ redis: connection.client, queue });

  test('a run is registered once, changes its state and is removed', async () => {
    const registry = open('one');
    expect(await registry.register(run)).toBe(true);
    expect(await registry.register({ ...run, version: '2.0.0' })).toBe(false);
    expect(await registry.list()).toEqual([run]);
    await registry.setState(run.runId, 'paused');
    expect(await registry.find(run.runId)).toEqual({ ...run, state: 'paused' });
    await registry.end(run.runId, { records: 600, lives: 2 });
    expect(await registry.find(run.runId)).toEqual({ ...run, state: 'ended', result: { records: 600, lives: 2 } });
    await registry.remove(run.runId);
    expect(await registry.list()).toEqual([]);
  });

  test('a run has one coordinator, until that says nothing more or lets go', async () => {
    const registry = open('two');
    const [first, second] = [
      { id: 'a', host: 'one', pid: 1 },
      { id: 'b', host: 'two', pid: 2 },
    ];
    expect(await registry.coordinate(run.runId, first, 60)).toEqual(first);
    expect(await registry.coordinate(run.runId, second, 60)).toEqual(first);
    await expect.poll(() => registry.coordinator(run.runId)).toBeUndefined();
    expect(await registry.coordinate(run.runId, second, 60_000)).toEqual(second);
    await registry.resign(run.runId, first);
    expect(await registry.coordinator(run.runId)).toEqual(second);
    await registry.resign(run.runId, second);
    expect(await registry.coordinator(run.runId)).toBeUndefined();
  });

  test('workers are those that have said something lately', async () => {
    const registry = open('three');
    const worker = { id: 'w', host: 'one', pid: 1, session: 's', concurrency: 4, inHand: 2, pagesDone: 9 };
    await registry.present(run.runId, worker);
    expect(await registry.workers(run.runId)).toMatchObject([worker]);
    await connection.client.hset(
      `{three:${run.runId}}:workers`,
      'gone',
      JSON.stringify({ ...worker, id: 'gone', seenAt: 1 }),
    );
    expect(await registry.workers(run.runId)).toHaveLength(1);
    await registry.absent(run.runId, 'w');
    expect(await registry.workers(run.runId)).toEqual([]);
  });
});
