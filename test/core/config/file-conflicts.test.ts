import { describe, expect, it } from 'vitest';
import { configIssues } from '../../../core/config/issues.ts';
import { type ConfigOverrides, resolveConfig } from '../../../core/config/resolve.ts';

const sources = ['dummyjson', 'escuelajs'];

async function problems(sinks: readonly unknown[], overrides: ConfigOverrides = {}): Promise<readonly string[]> {
  const error: unknown = await resolveConfig({ sources, sinks }, { baseDir: '/nowhere', env: {}, overrides }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error === undefined ? [] : configIssues(error).map(({ path, problem }) => `${path}: ${problem}`);
}

describe('two sinks on one file', () => {
  it('are refused, whichever sinks they are and however the path is written', async () => {
    const sinks = [
      { use: 'json-file', path: 'out/a' },
      { use: 'csv', path: '/nowhere/out/../out/a' },
      { use: 'parquet', path: './out/a' },
    ];
    expect(await problems(sinks)).toEqual([
      'sinks[1]: writes /nowhere/out/../out/a, as sinks[0] does',
      'sinks[2]: writes ./out/a, as sinks[0] does',
    ]);
  });

  it('are found by the name that compression gives, and by the default', async () => {
    const zipped = { use: 'ndjson', path: 'out/a', compress: 'gzip' };
    expect(await problems([zipped, { use: 'ndjson', path: 'out/a.gz' }])).toHaveLength(1);
    expect(await problems(['csv', 'csv'])).toEqual(['sinks[1]: writes out/products.csv, as sinks[0] does']);
  });

  it('are fine where only one of them runs, or each writes a file of its own', async () => {
    expect(await problems(['csv', { use: 'csv', name: 'other' }], { sinks: ['other'] })).toEqual([]);
    expect(await problems(['csv', 'ndjson', 'json-file', 'stdout'])).toEqual([]);
    const bySource = { use: 'ndjson', path: 'out/{source}.ndjson' };
    expect(
      await problems([
        { ...bySource, sources: ['dummyjson'] },
        { ...bySource, sources: ['escuelajs'] },
      ]),
    ).toEqual([]);
  });

  it('refuse the config where a plugin can not say what it writes', async () => {
    const file = (): string => {
      throw new Error('no idea');
    };
    const use = { name: 'own', file, open: () => Promise.reject(new Error('not opened')) };
    expect(await problems([{ use }])).toEqual(['sinks[0]: no idea']);
  });
});
