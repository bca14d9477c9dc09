import { describe, expect, it } from 'vitest';
import { configIssues } from '../../../core/config/issues.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { defineMiddleware, type NamedMiddleware } from '../../../core/plugin.ts';

const named = (name: string): NamedMiddleware => defineMiddleware({ name, wrap: (next) => next });

function source(middleware?: readonly unknown[]) {
  return {
    name: 'shop',
    baseUrl: 'https://shop.test',
    rateLimit: { requests: 1, perMs: 1 },
    ...(middleware !== undefined && { middleware: middleware as NamedMiddleware[] }),
    pagination: { style: 'custom', needs: 'items', first: () => [], next: () => [] },
    normalizer: { normalize: (item: { readonly id: number }) => ({ id: item.id }) },
  };
}

const resolved = (entry: unknown, middleware?: readonly unknown[]) =>
  resolveConfig(
    { sources: [entry], sinks: ['stdout'], workers: { threads: 0 }, ...(middleware !== undefined && { middleware }) },
    { env: {} },
  );

async function problems(entry: unknown, middleware?: readonly unknown[]): Promise<readonly string[]> {
  const thrown: unknown = await resolved(entry, middleware).catch((error: unknown) => error);
  return configIssues(thrown).map(({ path, problem }) => `${path}: ${problem}`);
}

describe('middleware', () => {
  it('of a source is that of the config, then of the entry, then of the plugin, each as it was written', async () => {
    const [forAll, ofEntry, ofPlugin] = [named('for-all'), named('of-entry'), named('of-plugin')];
    const { sources } = await resolved({ use: source([ofPlugin]), middleware: [ofEntry] }, [forAll]);
    expect(sources[0]?.middleware).toEqual([forAll, ofEntry, ofPlugin]);
    expect(sources[0]?.middleware[0]).toBe(forAll);
    expect(sources[0]?.middleware[1]).toBe(ofEntry);
  });

  it('needs names of their own', async () => {
    expect(await problems(source([named('a')]), [named('a')])).toEqual([
      'sources[0].middleware: more than one middleware of this source is called "a"',
    ]);
    expect(await problems(source([named('a'), named('a')]))).not.toEqual([]);
  });

  it.each([
    ['a bare function', () => undefined],
    ['no name', { wrap: String }],
    ['a place behind the limiter', { name: 'a', place: 'transport', wrap: String }],
  ])('is refused with %s, wherever it stands', async (_, bad: unknown) => {
    expect(await problems(source(), [bad])).not.toEqual([]);
    expect(await problems({ use: source(), middleware: [bad] })).not.toEqual([]);
    expect(await problems(source([bad]))).not.toEqual([]);
  });
});
