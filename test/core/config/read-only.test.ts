import { describe, expect, it } from 'vitest';
import { configIssues } from '../../../core/config/issues.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';

const elsewhere = {
  sources: [{ use: 'dummyjson', headers: { 'x-api-key': '${SHOP_KEY}' } }, 'escuelajs'],
  sinks: ['ndjson', { use: 'postgres', url: '${DATABASE_URL}' }, { use: 'json-file', path: 'a.json' }],
  history: true,
  state: {},
};

async function pathsOf(input: object, readOnly: boolean): Promise<readonly string[]> {
  const error: unknown = await resolveConfig(input, { env: {}, baseDir: '/nowhere', readOnly }).catch(
    (thrown: unknown) => thrown,
  );
  return configIssues(error).map(({ path }) => path);
}

describe('a config of which only kept runs are looked at', () => {
  it('lacks nothing where only the machine of the runs has the variables of sinks and sources', async () => {
    expect(await pathsOf(elsewhere, false)).toEqual(['sinks[1].url', 'sources[0].headers["x-api-key"]']);
    const config = await resolveConfig(elsewhere, { env: {}, baseDir: '/nowhere', readOnly: true });
    expect(config.sinks.map(({ name }) => name)).toEqual(['ndjson', 'json-file', 'history']);
    expect(config.sources.map(({ name }) => name)).toEqual(['dummyjson', 'escuelajs']);
  });

  it('keeps secret what sinks have of the environment', async () => {
    const DATABASE_URL = 'postgres://me:s3cret99@db/shop';
    const config = await resolveConfig(elsewhere, { env: { DATABASE_URL }, baseDir: '/nowhere', readOnly: true });
    expect(config.secrets).toContain('s3cret99');
  });

  it('is refused for what is wrong with the rest of it', async () => {
    const wrong = { ...elsewhere, history: { value: 'cost' }, state: { keepRuns: 'all' }, sources: ['nowhere'] };
    expect(await pathsOf(wrong, true)).toEqual(await pathsOf({ ...wrong, sinks: ['ndjson'] }, false));
    const unreadable = { sources: ['dummyjson'], sinks: [{ use: 'ndjson', timeoutMs: 'long' }] };
    expect(await pathsOf(unreadable, true)).toEqual(['sinks[0].timeoutMs']);
  });
});
