import { afterEach, expect, test } from 'vitest';
import { connectRedis } from '../../../../../plugins/engines/bullmq/redis/connect.ts';
import { limitKey, runKeys, runsKey } from '../../../../../plugins/engines/bullmq/redis/keys.ts';
import { resolveRedis } from '../../../../../plugins/engines/bullmq/redis/options.ts';
import { defineScript } from '../../../../../plugins/engines/bullmq/redis/script.ts';
import { redisMissing, startRedis } from '../../../../support/redis.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

test.skipIf(redisMissing !== undefined)('a script runs again on a server that has forgotten it', async () => {
  const server = await startRedis();
  open.push(server);
  const connection = await connectRedis({ settings: resolveRedis(server.url), role: 'test' });
  open.push(connection);
  const add = defineScript("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  const { key } = runKeys('sluice', 'run-1');
  expect(await add.run(connection.client, [key('count')], [2])).toBe(2);
  await server.ask('SCRIPT', 'FLUSH');
  expect(await add.run(connection.client, [key('count')], [3])).toBe(5);
  await expect(add.run(connection.client, [key('count')], ['x'])).rejects.toThrow(/not an integer/);
  expect(await server.ask('GET', '{sluice:run-1}:count')).toBe('5');
});

test('keys of a run, of a queue and of a limit lie under one hash tag each', () => {
  expect(runKeys('q', 'r').key('shop', 'open')).toBe('{q:r}:shop:open');
  expect(runKeys('q', 'r').prefix).toBe('{q:r}');
  expect(runsKey('q')).toBe('{q}:runs');
  expect(limitKey('q', 'shop', 'window')).toBe('{q:limit:shop}:window');
});
