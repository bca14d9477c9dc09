import { describe, expect, it } from 'vitest';
import { configIssues } from '../../../core/config/issues.ts';
import { type ConfigOverrides, resolveConfig } from '../../../core/config/resolve.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';

const sources = ['dummyjson', 'escuelajs'];
const resolved = (sinks: readonly unknown[], overrides: ConfigOverrides = {}): Promise<ResolvedConfig> =>
  resolveConfig({ sources, sinks }, { baseDir: '/nowhere', env: {}, overrides });

async function problems(sinks: readonly unknown[], overrides?: ConfigOverrides): Promise<readonly string[]> {
  const error: unknown = await resolved(sinks, overrides).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return configIssues(error).map(({ path, problem, hints }) => [`${path}: ${problem}`, ...hints].join(' | '));
}

describe('the routes of sinks', () => {
  it('are none where an entry says nothing', async () => {
    const { sinks } = await resolved(['ndjson']);
    expect(sinks[0]).not.toHaveProperty('route');
  });

  it('are the sources that an entry names, and its filter; neither is an option of the plugin', async () => {
    const filter = { category: ['phones', 'laptops'], price: null };
    const { sinks, warnings } = await resolved([
      { use: 'ndjson', sources: ['escuelajs'] },
      { use: 'csv', filter },
      { use: 'stdout', filter: Boolean },
    ]);
    expect(sinks.map(({ route }) => route)).toEqual([
      { sources: ['escuelajs'], filter: undefined },
      { sources: undefined, filter },
      { sources: undefined, filter: Boolean },
    ]);
    expect(sinks[0]?.options).toEqual({ path: 'out/products.ndjson' });
    expect(warnings).toEqual([]);
  });

  it('lead from sources of the config alone, and by fields that records have', async () => {
    const wrong = [
      { use: 'ndjson', sources: ['escuelajs', 'dumyjson'] },
      { use: 'csv', filter: { catgory: 'phones' } },
    ];
    expect(await problems(wrong)).toEqual([
      'sinks[0].sources[1]: there is no source "dumyjson" | did you mean "dummyjson"? | allowed: dummyjson, escuelajs',
      expect.stringMatching(/^sinks\[1\]\.filter\.catgory: there is no field "catgory" \| did you mean "category"\?/),
    ]);
    expect(await problems([{ use: 'csv', sources: [] }])).toHaveLength(1);
    expect(await problems([{ use: 'csv', filter: 'phones' }])).toEqual([
      expect.stringMatching(/^sinks\[0\]\.filter: found "phones" \| allowed: a function, or an object \(fields and /),
    ]);
    expect(await problems([{ use: 'csv', filter: { category: {} } }])).toEqual([
      'sinks[0].filter.category: found an object | allowed: text, or a number, or true or false, or null, or a list of at least 1',
    ]);
  });

  it('of a sink whose options are wrong are told beside them, and nothing is made of those options', async () => {
    expect(await problems([{ use: 'csv', columns: 'id', sources: ['none'] }])).toEqual([
      expect.stringMatching(/^sinks\[0\]\.columns: found "id"/),
      expect.stringMatching(/^sinks\[0\]\.sources\[0\]: there is no source "none"/),
    ]);
    expect(await problems([{ use: 'csv', columns: ['titel'] }])).toEqual([
      expect.stringMatching(/^sinks\[0\]: no record of the model "product" has "titel": columns can be id, /),
    ]);
  });

  it('leave out, with a warning, a sink that takes none of the sources of the run', async () => {
    const sinks = [{ use: 'ndjson', sources: ['escuelajs'] }, 'csv'];
    const config = await resolved(sinks, { sources: ['dummyjson'] });
    expect(config.sinks.map(({ name }) => name)).toEqual(['csv']);
    expect(config.warnings).toEqual(['the sink "ndjson" takes none of the sources of this run, and is left out']);
  });

  it('may not leave nothing, nor leave out what was asked for by name', async () => {
    const problem = 'sinks: the sink "ndjson" takes none of the sources of this run | name a source that it takes';
    const alone = [{ use: 'ndjson', sources: ['escuelajs'] }];
    const overrides = { sources: ['dummyjson'] };
    expect((await problems(alone, overrides)).join('\n')).toContain(problem);
    const named = { ...overrides, sinks: ['ndjson', 'csv'] };
    expect((await problems([...alone, 'csv'], named)).join('\n')).toContain(problem);
  });
});
