import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sinkFiles } from '../../cli/sink-files.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import type { ResolvedConfig } from '../../core/config/resolved.ts';

const startedAt = '2026-11-26T23:59:59.000Z';

function filesOf(options: Readonly<Record<string, unknown>>, secrets: readonly string[] = []): (string | undefined)[] {
  const sinks = Object.entries(options).map(([name, given]) => ({ name, options: given }));
  const config = { sinks, baseDir: join(process.cwd(), 'conf'), secrets } as unknown as ResolvedConfig;
  const files = sinkFiles(config, startedAt);
  return Object.keys(options).map((name) => files.get(name)?.join());
}

describe('sinkFiles', () => {
  it('shows a path as seen from here, and as it is where it lies outside', () => {
    expect(filesOf({ a: { path: 'a.json' }, b: { path: '/elsewhere/b.json' } })).toEqual([
      'conf/a.json',
      '/elsewhere/b.json',
    ]);
  });

  it('knows of no file where the options name none', () => {
    expect(filesOf({ a: undefined, b: { path: 5 }, c: {} })).toEqual([undefined, undefined, undefined]);
  });

  it('names the manifest where workers leave parts', async () => {
    const engine = { use: { name: 'own', coordinate() {}, work() {}, runs() {} } };
    const sinks = ['ndjson', 'json-file', { use: 'ndjson', name: 'small', path: 'small.ndjson', compress: 'gzip' }];
    const config = await resolveConfig({ engine, sources: ['dummyjson'], sinks }, { env: {} });
    expect([...sinkFiles(config, startedAt).values()].flat()).toEqual([
      'out/products.ndjson.manifest.json',
      'out/products.json',
      'small.ndjson.gz',
    ]);
  });

  it('puts the day and the sources that the sink takes into a path', async () => {
    const path = 'out/{date}/{source}.csv';
    const sinks = [
      { use: 'csv', path },
      { use: 'csv', name: 'one', path: `x-${path}`, sources: ['escuelajs'] },
    ];
    const config = await resolveConfig({ sources: ['dummyjson', 'escuelajs'], sinks }, { env: {} });
    expect(sinkFiles(config, startedAt)).toEqual(
      new Map([
        ['csv', ['out/2026-11-26/dummyjson.csv', 'out/2026-11-26/escuelajs.csv']],
        ['one', ['x-out/2026-11-26/escuelajs.csv']],
      ]),
    );
  });

  it('hides what came from the environment', () => {
    expect(filesOf({ a: { path: 'for-tenant-4711.json' } }, ['tenant-4711'])).toEqual(['conf/for-***.json']);
  });
});
