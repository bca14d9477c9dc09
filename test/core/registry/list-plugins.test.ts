import { describe, expect, it } from 'vitest';
import { bearer } from '../../../core/auth/declare.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { defineChild, defineEnricher, defineMiddleware, defineSource, offsetPagination } from '../../../core/plugin.ts';
import { listConfigured, listPlugins } from '../../../core/registry/list-plugins.ts';

describe('listPlugins', () => {
  it('tells limits, pagination and address of every built-in source', async () => {
    const { sources, sinks, models } = await listPlugins();
    expect(sources).toContainEqual({
      name: 'dummyjson',
      baseUrl: 'https://dummyjson.com',
      rateLimits: [{ requests: 5, perMs: 1000 }],
      limitGroup: undefined,
      auth: undefined,
      middleware: [],
      pagination: 'offset',
      limit: 20,
      mock: true,
      weighted: false,
      children: [],
      incremental: false,
      conditional: false,
      enriched: false,
    });
    expect(sinks).toContainEqual({ name: 'json-file', options: true });
    expect(models.map(({ name }) => name)).toContain('product');
  });
});

describe('listConfigured', () => {
  it('tells all that a source does, with what its entry says in the place of the plugin', async () => {
    const pagination = offsetPagination({ path: '/items', limit: 20 });
    const normalize = ({ id }: { id: number }) => ({ id, title: 'A thing' });
    const windows = [
      { requests: 5, perMs: 1000 },
      { requests: 100, perMs: 60_000 },
    ];
    const shop = defineSource({
      name: 'shop',
      baseUrl: 'https://shop.example.com',
      rateLimit: { requests: 50, perMs: 1000 },
      limitGroup: 'example',
      cost: () => 2,
      auth: bearer('of the plugin'),
      pagination,
      incremental: { field: 'changed', param: 'since' },
      middleware: [defineMiddleware({ name: 'trace', place: 'hop', wrap: (next) => next })],
      normalizer: [normalize, defineEnricher({ name: 'more', enrich: async (record: object) => record })],
      children: [
        defineChild({
          name: 'reviews',
          parent: ({ id }: { id: number }) => ({ id }),
          pagination: () => pagination,
          rateLimit: { requests: 2, perMs: 1000 },
          normalizer: normalize,
        }),
      ],
    });
    const entry = { use: shop, name: 'shop-eu', rateLimit: windows, conditional: true };
    const config = await resolveConfig(
      {
        sources: [{ ...entry, auth: { kind: 'basic', user: 'me', password: '${MISSING}' } }],
        sinks: ['ndjson'],
        workers: { threads: 0 },
      },
      { env: {}, mock: true },
    );
    expect(listConfigured(config)).toEqual([
      {
        name: 'shop-eu',
        baseUrl: 'https://shop.example.com',
        rateLimits: windows,
        weighted: true,
        limitGroup: 'example',
        auth: 'basic',
        middleware: [{ name: 'trace', place: 'hop' }],
        pagination: 'offset',
        limit: 20,
        children: [{ name: 'reviews', rateLimits: [{ requests: 2, perMs: 1000 }] }],
        incremental: true,
        conditional: true,
        enriched: true,
        mock: false,
      },
    ]);
  });
});
