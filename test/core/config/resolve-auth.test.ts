import { describe, expect, it } from 'vitest';
import { configIssues } from '../../../core/config/issues.ts';
import { resolveConfig, type ResolveOptions } from '../../../core/config/resolve.ts';
import type { Auth } from '../../../core/contracts/auth.ts';
import { apiKey, basic, bearer, oauth2ClientCredentials, signedRequests } from '../../../core/plugin.ts';

const env = { SHOP_KEY: 'of-the-shop', SHOP_USER: 'me-of-the-shop' };

function source(auth?: unknown) {
  return {
    name: 'shop',
    baseUrl: 'https://shop.test',
    rateLimit: { requests: 1, perMs: 1 },
    ...(auth !== undefined && { auth: auth as Auth }),
    pagination: { style: 'custom', needs: 'items', first: () => [], next: () => [] },
    normalizer: { normalize: (item: { readonly id: number }) => ({ id: item.id }) },
  };
}

const resolved = (entry: unknown, options: ResolveOptions = { env }) =>
  resolveConfig({ sources: [entry], sinks: ['stdout'], workers: { threads: 0 } }, options);

async function problems(entry: unknown, options?: ResolveOptions): Promise<readonly string[]> {
  const thrown: unknown = await resolved(entry, options).catch((error: unknown) => error);
  return configIssues(thrown).map(({ path, problem }) => `${path}: ${problem}`);
}

describe('auth', () => {
  it('of a plugin takes its values from the environment, and they are secrets', async () => {
    const config = await resolved(source(apiKey({ header: 'x-key', value: '${SHOP_KEY}' })));
    expect(config.sources[0]?.auth).toEqual({ kind: 'api-key', header: 'x-key', value: 'of-the-shop' });
    expect(config.secrets).toContain('of-the-shop');
    expect(config.references.secrets).toContain('of-the-shop');
  });

  it('of an entry goes before that of the plugin, whose variables need not be set then', async () => {
    const { sources, secrets } = await resolved({
      use: source(bearer('${NOT_SET}')),
      auth: { kind: 'basic', user: 'me', password: '${SHOP_KEY}' },
    });
    expect(sources[0]?.auth).toEqual({ kind: 'basic', user: 'me', password: 'of-the-shop' });
    expect(secrets).toContain('of-the-shop');
  });

  it.each([
    ['a key for the user', basic('k3y-for-a-user'), 'k3y-for-a-user'],
    [
      'a client secret',
      oauth2ClientCredentials({ tokenUrl: '/t', clientId: 'c', clientSecret: 's3cret-one' }),
      's3cret-one',
    ],
    ['what is handed to a signing function', signedRequests(() => ({}), { key: 's1gning-key' }), 's1gning-key'],
  ])('in clear is a secret all the same: %s', async (_, auth, secret) => {
    expect((await resolved(source(auth))).secrets).toContain(secret);
  });

  it('in clear in a config is warned of', async () => {
    const { warnings } = await resolved({ use: source(), auth: bearer('in-clear') });
    expect(warnings).toEqual([expect.stringMatching(/^sources\[0\]\.auth\.token holds a secret in clear/)]);
  });

  it('tells of a variable that is not set, where and which', async () => {
    expect(await problems(source(bearer('${NOT_SET}')))).toEqual([
      'sources[0].auth.token: the environment variable NOT_SET is not set',
    ]);
    expect(await problems({ use: source(), auth: bearer('${NOT_SET}') })).toEqual([
      'sources[0].auth.token: the environment variable NOT_SET is not set',
    ]);
  });

  it('needs no variable where embedded upstreams are asked, and takes what is there', async () => {
    const token = async (entry: unknown) => {
      const { sources } = await resolved(entry, { env, mock: true });
      return sources[0]?.auth;
    };
    expect(await token(source(bearer('${NOT_SET}')))).toEqual(bearer('stand-in-for-NOT_SET'));
    expect(await token({ use: source(), auth: bearer('${NOT_SET}') })).toEqual(bearer('stand-in-for-NOT_SET'));
    expect(await token(source(bearer('${SHOP_KEY}')))).toEqual(bearer('of-the-shop'));
  });

  it.each([
    ['no kind', { token: 'a' }],
    ['an unknown kind', { kind: 'digest' }],
    ['an api key without a place', { kind: 'api-key', value: 'a' }],
    ['an api key with two places', { kind: 'api-key', header: 'a', query: 'b', value: 'c' }],
    ['an empty token', bearer('')],
    ['an unknown option', { kind: 'bearer', token: 'a', scheme: 'b' }],
    [
      'an OAuth 2 without an endpoint',
      { kind: 'oauth2', grant: 'client_credentials', clientId: 'a', clientSecret: 'b' },
    ],
    ['a token URL that is none', oauth2ClientCredentials({ tokenUrl: 'ftp://a', clientId: 'a', clientSecret: 'b' })],
    ['a signature that is no function', { kind: 'signed', sign: 'me' }],
    ['a line break', bearer('a\nb')],
  ])('is refused with %s, in a plugin and in an entry', async (_, auth) => {
    expect(await problems(source(auth))).not.toEqual([]);
    expect(await problems({ use: source(), auth })).not.toEqual([]);
  });
});

describe('a variable that is set to nothing', () => {
  it.each([
    ['in a plugin', source(bearer('${EMPTY}'))],
    ['in an entry', { use: source(), auth: bearer('${EMPTY}') }],
  ])('is told once: %s', async (_, entry) => {
    expect(await problems(entry, { env: { EMPTY: '' } })).toEqual([
      expect.stringMatching(/^sources\[0\]\.auth: auth\.token must be a text that is not empty/),
    ]);
  });
});
