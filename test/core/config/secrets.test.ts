import { describe, expect, it } from 'vitest';
import { clearSecrets, collectSecrets } from '../../../core/config/secrets.ts';

function collected(config: unknown, values: readonly string[] = [], fileValues: readonly string[] = []) {
  return collectSecrets({ config, values, fileValues });
}

describe('collectSecrets', () => {
  it('takes what came from the environment, but no plain URL, and all that came from files', () => {
    const url = 'https://shop.example/api';
    expect(collected({}, ['value', url, ''], ['text'])).toEqual(['value', 'text']);
    expect(collected({}, [`${url}?key=12345678`], [url])).toEqual([`${url}?key=12345678`, url, '12345678']);
  });

  it('takes headers that prove who asks, of the config and of plugins', () => {
    const headers = { authorization: 'Bearer abc', Accept: 'b', 'X-Author': 'me', cookie: 'session=0123456789; a=b' };
    expect(collected({ sources: [{ headers }, 'x', null, 5] })).toEqual([
      'Bearer abc',
      'session=0123456789; a=b',
      'abc',
      '0123456789',
    ]);
    expect(collectSecrets({ config: {}, values: [], fileValues: [] }, [{ 'x-api-key': 'k', accept: 'a' }])).toEqual([
      'k',
    ]);
  });

  it('takes the password out of a URL, as it stands there and as it is meant', () => {
    const baseUrl = 'https://me:p%40ss@shop.example';
    expect(collected({ sources: [{ baseUrl }] })).toEqual([baseUrl, 'me:p%40ss', 'p%40ss', 'me:p@ss', 'p@ss']);
    expect(collected({ sources: [{ baseUrl: 'https://sk_live_1@shop.example' }] })).toContain('sk_live_1');
  });

  it('takes the credentials of a basic header', () => {
    const authorization = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;
    expect(collected({ sources: [{ headers: { authorization } }] })).toEqual(
      expect.arrayContaining([authorization, 'me:hunter2', 'hunter2']),
    );
  });

  it("takes a sink's options of a telling name, at any depth, and URLs with a user", () => {
    const sink = {
      use: 's3',
      key: 'products.json',
      path: 'out',
      credentials: { access_key_id: 'id', secretAccessKey: 'deep' },
      brokers: [{ url: 'amqp://u:pw12@mq.example' }],
    };
    expect(collected({ sinks: [sink, 'stdout'] })).toEqual(['deep', 'amqp://u:pw12@mq.example', 'u:pw12', 'pw12']);
  });

  it("takes a factory's options of a telling name", () => {
    const options = { region: 'eu', apiKey: 'of-the-shop' };
    expect(collected({ sources: [{ use: './shop.ts', options }] })).toEqual(['of-the-shop']);
  });
});

describe('clearSecrets', () => {
  const warned = (config: unknown, env: Readonly<Record<string, string>> = {}) =>
    clearSecrets(config, env).map((text) => text.split(' ')[0]);

  it('warns of each secret that is written in clear, without saying what it is', () => {
    const config = {
      sources: [
        { use: 'a', headers: { authorization: 'Bearer abcdef', accept: 'x', 'x-api-key': '$${NAME}' } },
        { use: 'b', baseUrl: 'https://u:abcdef@host' },
      ],
      sinks: [{ use: 'c', password: 'abcdef', proxy: 'http://u:abcdef@proxy:3128' }],
    };
    expect(warned(config)).toEqual([
      'sources[0].headers.authorization',
      'sources[0].headers["x-api-key"]',
      'sources[1].baseUrl',
      'sinks[0].password',
      'sinks[0].proxy',
    ]);
    expect(clearSecrets(config, {}).join(' ')).not.toContain('abcdef');
  });

  it('is silent about references to variables and files, and about what a program took from the environment', () => {
    const headers = { authorization: 'Bearer ${TOKEN}', 'x-api-key': '${file:key}', cookie: 'session=from-outside' };
    const baseUrl = 'https://u:${PASSWORD}@host';
    expect(warned({ sources: [{ use: 'a', headers, baseUrl }] }, { SESSION: 'from-outside' })).toEqual([]);
  });

  it('has nothing to say of plugin objects, and takes any config', () => {
    const plugin = { name: 'x', normalizer: {}, headers: { authorization: 'mine' } };
    for (const config of [{ sources: [plugin] }, { sources: 'x' }, null, [], { sinks: [null, [], 'x'] }]) {
      expect(clearSecrets(config, {})).toEqual([]);
    }
  });
});
