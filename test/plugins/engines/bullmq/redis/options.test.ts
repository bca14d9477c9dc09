import { describe, expect, test } from 'vitest';
import { redisOptions, resolveRedis } from '../../../../../plugins/engines/bullmq/redis/options.ts';

describe('resolveRedis', () => {
  test('reads host, port, database and credentials from a URL', () => {
    expect(resolveRedis('redis://ann:p%40ss%2Fw@cache.test:6400/3')).toEqual({
      addresses: [{ host: 'cache.test', port: 6400 }],
      isCluster: false,
      db: 3,
      username: 'ann',
      password: 'p@ss/w',
      tls: undefined,
    });
  });

  test('takes port 6379 and no credentials where the URL has none, and an address of IPv6 without its brackets', () => {
    const settings = resolveRedis('redis://[::1]');
    expect(settings.addresses).toEqual([{ host: '::1', port: 6379 }]);
    expect(settings.username).toBeUndefined();
    expect(settings.password).toBeUndefined();
  });

  test('rediss:// is TLS, with files from the options', () => {
    expect(resolveRedis('rediss://cache.test').tls).toEqual({});
    expect(resolveRedis({ url: 'rediss://cache.test', tls: { ca: 'ca.pem' } }).tls).toEqual({ ca: 'ca.pem' });
  });

  test('user and password of the options stand before those of the URL', () => {
    const settings = resolveRedis({ url: 'redis://a:b@cache.test', username: 'c', password: 'd' });
    expect([settings.username, settings.password]).toEqual(['c', 'd']);
  });

  test('nodes of a cluster', () => {
    const settings = resolveRedis({ cluster: ['redis://one.test:7000', 'redis://two.test:7001'], password: 'x' });
    expect(settings.isCluster).toBe(true);
    expect(settings.addresses).toEqual([
      { host: 'one.test', port: 7000 },
      { host: 'two.test', port: 7001 },
    ]);
  });

  test.each([['redis://cache.test/one'], [{ cluster: ['redis://cache.test/1'] }]])(
    'refuses the database of %j',
    (given) => {
      expect(() => resolveRedis(given)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    },
  );

  test('a URL that can’t be read is refused without being told', () => {
    const attempt = (): unknown => resolveRedis('redis://user:pa/ss secret@:::');
    expect(attempt).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    expect(attempt).not.toThrow(/secret/);
  });
});

describe('redisOptions', () => {
  test.each([
    ['http://cache.test'],
    [{}],
    [{ url: 'redis://a.test', cluster: ['redis://b.test'] }],
    [{ cluster: [] }],
    [{ url: 'redis://a.test', tls: { ca: 'ca.pem' } }],
    [{ url: 'redis://a.test', pasword: 'x' }],
  ])('refuses %j', (given) => {
    expect(redisOptions.safeParse(given).success).toBe(false);
  });
});
