import { describe, expect, it, vi } from 'vitest';
import { mockSources } from '../../cli/mock-sources.ts';
import type { ResolvedConfig, ResolvedSource } from '../../core/config/resolved.ts';
import type { MockApi } from '../../core/contracts/mock.ts';
import type { startMockUpstreams } from '../../core/index.ts';

function api(name: string): MockApi {
  return { name, items: 1, path: '/', encodings: [], create: () => () => ({ status: 200, body: [] }) };
}

function source(name: string, mock: MockApi | undefined, baseUrl = 'https://real.example'): ResolvedSource {
  const plugin = { name, ...(mock === undefined ? {} : { mock: async () => ({ default: mock }) }) };
  return { name, plugin, baseUrl } as unknown as ResolvedSource;
}

const config = (...sources: ResolvedSource[]) => ({ sources, deadlineMs: 5 }) as unknown as ResolvedConfig;

function starting() {
  const closed: string[] = [];
  const start = vi.fn<typeof startMockUpstreams>(async (apis) =>
    apis.map(({ name }, index) => ({
      name,
      url: `http://127.0.0.1:${4_000 + index}`,
      requests: 0,
      close: async () => void closed.push(name),
    })),
  );
  return { start, closed };
}

describe('mockSources', () => {
  it('points every source at an upstream of its own, whatever its base URL was', async () => {
    const { start, closed } = starting();
    const shop = api('shop');
    // One plugin under two names is two sources, each with its own rate limit.
    const mocked = await mockSources(
      config(source('a', shop), source('b', api('feed')), source('c', shop, 'http://x')),
      start,
    );
    expect(start.mock.calls[0]?.[0].map(({ name }) => name)).toEqual(['shop', 'feed', 'shop']);
    expect(mocked.config.sources.map(({ name, baseUrl }) => [name, baseUrl])).toEqual([
      ['a', 'http://127.0.0.1:4000'],
      ['b', 'http://127.0.0.1:4001'],
      ['c', 'http://127.0.0.1:4002'],
    ]);
    expect(mocked.config.deadlineMs).toBe(5);
    expect(mocked.upstreams).toBe(3);
    await mocked.close();
    expect(closed).toEqual(['shop', 'feed', 'shop']);
  });

  it('names the sources without an upstream, before any is started', async () => {
    const { start } = starting();
    const without = config(source('a', api('a')), source('mine', undefined), source('yours', undefined));
    await expect(mockSources(without, start)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('no embedded upstream for mine, yours') as string,
    });
    expect(start).not.toHaveBeenCalled();
  });
});
