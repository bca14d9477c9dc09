import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sinkFiles } from '../../cli/sink-files.ts';
import type { ResolvedConfig } from '../../core/config/resolved.ts';

function filesOf(options: Readonly<Record<string, unknown>>, secrets: readonly string[] = []): (string | undefined)[] {
  const sinks = Object.entries(options).map(([name, given]) => ({ name, options: given }));
  const config = { sinks, baseDir: join(process.cwd(), 'conf'), secrets } as unknown as ResolvedConfig;
  const files = sinkFiles(config);
  return Object.keys(options).map((name) => files.get(name));
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

  it('hides what came from the environment', () => {
    expect(filesOf({ a: { path: 'for-tenant-4711.json' } }, ['tenant-4711'])).toEqual(['conf/for-***.json']);
  });
});
