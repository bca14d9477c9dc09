import { describe, expect, it } from 'vitest';
import { listPlugins } from '../../../core/registry/list-plugins.ts';

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
    });
    expect(sinks).toContainEqual({ name: 'json-file', options: true });
    expect(models.map(({ name }) => name)).toContain('product');
  });
});
