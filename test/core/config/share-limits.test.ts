import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { configIssues } from '../../../core/config/issues.ts';
import type { RateLimit } from '../../../core/contracts/source.ts';

function source(name: string, rateLimit: RateLimit | readonly RateLimit[], limitGroup?: string) {
  return {
    name,
    baseUrl: 'https://api.test',
    rateLimit,
    ...(limitGroup !== undefined && { limitGroup }),
    pagination: { style: 'custom', needs: 'items', first: () => [], next: () => [] },
    normalizer: { normalize: (item: { readonly id: number }) => ({ id: item.id }) },
  };
}

const perSecond = (requests: number): RateLimit => ({ requests, perMs: 1000 });
const perMinute = (requests: number): RateLimit => ({ requests, perMs: 60_000 });

async function limitsOf(sources: readonly unknown[]) {
  const config = await resolveConfig({ sources, sinks: ['stdout'], workers: { threads: 0 } });
  return config.sources.map(({ name, limitGroup, rateLimits, rateLimitMarginMs }) => ({
    name,
    limitGroup,
    rateLimits,
    rateLimitMarginMs,
  }));
}

async function issuesOf(sources: readonly unknown[]) {
  const thrown: unknown = await limitsOf(sources).catch((error: unknown) => error);
  return configIssues(thrown).map(({ path, problem }) => `${path}: ${problem}`);
}

describe('sources of one group', () => {
  it('keep to every window that one of them declares, and to the largest margin', async () => {
    const limits = await limitsOf([
      source('a', perMinute(100), 'api'),
      { use: source('b', perSecond(5), 'api'), rateLimitMarginMs: 50 },
      source('c', perSecond(9)),
    ]);
    const shared = { limitGroup: 'api', rateLimits: [perSecond(5), perMinute(100)], rateLimitMarginMs: 50 };
    expect(limits).toEqual([
      { name: 'a', ...shared },
      { name: 'b', ...shared },
      { name: 'c', limitGroup: undefined, rateLimits: [perSecond(9)], rateLimitMarginMs: 20 },
    ]);
  });

  it('are refused where their plugins contradict each other', async () => {
    const sources = [source('a', perSecond(5), 'api'), source('b', [perMinute(9), perSecond(3)], 'api')];
    expect(await issuesOf(sources)).toEqual([
      'sources[1].rateLimit: sources of the group "api" share a limit and contradict each other: "b" says 3 requests per 1000 ms, "a" says 5',
    ]);
  });

  it('keep to the lower number where the config decides, and part where it says so', async () => {
    const decided = await limitsOf([
      source('a', perSecond(5), 'api'),
      { use: source('b', perSecond(3), 'api'), rateLimit: perSecond(8) },
    ]);
    expect(decided.map(({ rateLimits }) => rateLimits)).toEqual([[perSecond(5)], [perSecond(5)]]);
    const parted = await limitsOf([
      source('a', perSecond(5), 'api'),
      { use: source('b', perSecond(3), 'api'), limitGroup: 'other' },
    ]);
    expect(parted.map(({ rateLimits }) => rateLimits)).toEqual([[perSecond(5)], [perSecond(3)]]);
  });
});

describe('rateLimit', () => {
  it.each([
    ['an empty list', []],
    ['two windows of one length', [perSecond(5), perSecond(4)]],
    ['a window without a number', [perSecond(5), { perMs: 10 }]],
  ])('refuses %s, in a plugin and in a config', async (_, rateLimit) => {
    expect(await issuesOf([source('a', rateLimit as RateLimit[])])).toHaveLength(1);
    expect(await issuesOf([{ use: source('a', perSecond(1)), rateLimit }])).not.toEqual([]);
  });
});
