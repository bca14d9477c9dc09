import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkServer } from '../../../../../plugins/engines/bullmq/redis/check-server.ts';
import { connectRedis, type RedisConnection } from '../../../../../plugins/engines/bullmq/redis/connect.ts';
import { type RedisOptions, resolveRedis } from '../../../../../plugins/engines/bullmq/redis/options.ts';
import { redisMissing, startRedis, type TestRedis, type TestRedisOptions } from '../../../../support/redis.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  // The last opened first: connections before their servers.
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function server(options?: TestRedisOptions): Promise<TestRedis> {
  const started = await startRedis(options);
  open.push(started);
  return started;
}

async function connect(options: RedisOptions, more: { connectMs?: number; onState?: (state: string) => void } = {}) {
  const connection: RedisConnection = await connectRedis({ settings: resolveRedis(options), role: 'test', ...more });
  open.push(connection);
  return connection;
}

describe.skipIf(redisMissing !== undefined)('connectRedis', () => {
  test('connects with a password, and to a database', async () => {
    const { url, ask } = await server({ password: 'pass wörd/3' });
    const { client } = await connect(`${url}/2`);
    await client.set('a', '1');
    expect(await ask('-n', '2', 'GET', 'a')).toBe('1');
    expect(await ask('CLIENT', 'LIST')).toContain('name=sluice:test');
  });

  test('connects by TLS where the authority is given, and refuses a certificate that is not trusted', async () => {
    const { url, ca = '' } = await server({ tls: true });
    const { client } = await connect({ url, tls: { ca } });
    expect(await client.ping()).toBe('PONG');
    await expect(connect(url, { connectMs: 500 })).rejects.toMatchObject({
      code: 'redis_unavailable',
      message: expect.stringMatching(/certificate/),
    });
    await expect(connect({ url, tls: { ca: '/nowhere/ca.pem' } })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('engine.redis.tls.ca'),
    });
  });

  test('connects as an ACL user who may touch the keys of its queue alone', async () => {
    const acl = ['user default off', 'user sluice on >sesame ~{sluice* &{sluice* +@all -config'];
    const { port } = await server({ acl });
    const connection = await connect(`redis://sluice:sesame@127.0.0.1:${port}`);
    await connection.client.set('{sluice:1}:a', '1');
    await expect(connection.client.set('other', '1')).rejects.toThrow(/NOPERM/);
    expect((await checkServer(connection)).warnings).toEqual([]);
  });

  test('waits for a server that reads its data after a restart, and sends it nothing before', async () => {
    const { url, ask, halt, start } = await server({ appendOnly: true, settings: ['key-load-delay 20'] });
    await ask('SET', 'a', '1');
    for (let key = 0; key < 20; key += 1) await ask('SET', `key ${key}`, 'x'.repeat(100_000));
    const { client } = await connect(url);
    await halt();
    const read = client.get('a');
    await start();
    expect(await read).toBe('1');
  });

  test('connects to a cluster', async () => {
    const { url } = await server({ cluster: true });
    const { client } = await connect({ cluster: [url] });
    await client.set('{sluice:1}:a', '1');
    expect(await client.get('{sluice:1}:a')).toBe('1');
  });

  test.each([
    ['a single server', undefined],
    ['a cluster', true],
  ])('a wrong password is refused at once, and told nowhere (%s)', async (_, cluster) => {
    const { port } = await server({ password: 'right-one', ...(cluster && { cluster }) });
    const url = `redis://:not-the-right-one@127.0.0.1:${port}`;
    const refusal: unknown = await connect(cluster ? { cluster: [url] } : url).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'redis_refused' });
    expect(inspect(refusal, { depth: 10 })).not.toContain('not-the-right-one');
  });

  test('says where no server answers', async () => {
    const { port, halt } = await server();
    await halt();
    const failed = connect(`redis://:secret-word@127.0.0.1:${port}`, { connectMs: 300 });
    await expect(failed).rejects.toMatchObject({
      code: 'redis_unavailable',
      message: expect.stringMatching(new RegExp(`127.0.0.1:${port}.*ECONNREFUSED`)),
    });
  });

  test('commands wait for a server that is started anew', async () => {
    const { url, halt, start } = await server({ appendOnly: true });
    const states: string[] = [];
    const connection = await connect(url, { onState: (state) => states.push(state) });
    const { client } = connection;
    const other = connection.duplicate();
    await client.set('a', '1');
    await halt();
    const waiting = Promise.all([client.incr('a'), other.incr('b')]);
    await start();
    expect(await waiting).toEqual([2, 1]);
    expect(states).toEqual(['lost', 'back']);
  });
});

describe.skipIf(redisMissing !== undefined)('checkServer', () => {
  test('refuses a server that evicts keys', async () => {
    const { url } = await server({ settings: ['maxmemory 100mb', 'maxmemory-policy allkeys-lru'] });
    await expect(checkServer(await connect(url))).rejects.toMatchObject({
      code: 'redis_unfit',
      message: expect.stringContaining('allkeys-lru'),
    });
  });

  test('warns where the server does not say', async () => {
    const { port } = await server({ acl: ['user default off', 'user sluice on >sesame ~* &* +@all -config -info'] });
    const printed = vi.spyOn(console, 'warn');
    const connection = await connect(`redis://sluice:sesame@127.0.0.1:${port}`);
    const { warnings } = await checkServer(connection);
    expect(warnings).toEqual([expect.stringContaining('noeviction')]);
    await connection.duplicate().ping();
    // Nor does the client print that.
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });
});
