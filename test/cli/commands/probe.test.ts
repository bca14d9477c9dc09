import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderDiscovery } from '../../../cli/render/discovery.ts';
import { serve } from '../../core/discovery/servers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../../dist/cli/main.js');

async function probe(folder: string, ...args: readonly string[]) {
  return promisify(execFile)(process.execPath, [main, 'probe', ...args], { cwd: folder }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      stdout: error.stdout,
      stderr: error.stderr,
    }),
  );
}

describe('pipeline probe', () => {
  it('asks nobody where one of its files is there', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'sources/shop'), { recursive: true });
    await writeFile(join(folder, 'sources/shop/shop.ts'), 'mine');
    let asked = 0;
    const url = await serve(() => ({ status: 500, body: { asked: asked++ } }));
    const { code, stderr } = await probe(folder, url, '--name', 'shop');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: sources\/shop\/shop\.ts is there already, and nothing was written\n/);
    expect(asked).toBe(0);
  });

  it('takes headers before the URL as well, with commas', async () => {
    const folder = await temporaryFolder();
    const url = await serve(({ headers }) => ({
      status: 403,
      body: { error: [headers['x-a'], headers['x-b']].join(' and ') },
    }));
    const { stderr } = await probe(folder, '--header', 'x-a: o,ne', '--header', 'x-b: two', url);
    expect(stderr).toContain('it says "o,ne and two"');
  });

  it('tells in one line what the upstream says, and writes nothing', async () => {
    const folder = await temporaryFolder();
    const url = await serve(() => ({ status: 401, body: { error: 'Missing API key' } }));
    const { code, stdout, stderr } = await probe(folder, url);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: .* 401 .*it says "Missing API key"; give them with --header, .*\n$/);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('renderDiscovery', () => {
  const source = {
    name: 'shop',
    url: 'https://shop.example.com/items',
    requests: 1,
    found: [{ what: 'id', value: ['id'], certainty: 'sure', because: 'it is' }] as const,
    unknown: [],
    variables: ['SHOP_TOKEN'],
    files: ['shop.ts', 'shop.test.ts', 'page-1.json'].map((name) => ({ name, text: 'text' })),
  };
  const paint = (_: string, text: string): string => text;

  it('says how to go on', () => {
    const lines = renderDiscovery(source, { folder: 'sources/shop', width: 80, paint });
    expect(lines[0]).toBe('1 request to https://shop.example.com/items');
    expect(lines.slice(-3)).toEqual([
      'set first:      SHOP_TOKEN',
      "in the config:  sources: ['./sources/shop/shop.ts']",
      expect.stringMatching(/^run its test: {3}node .*--test sources\/shop\/shop\.test\.ts$/),
    ]);
  });

  it('fits a narrow terminal', () => {
    const value = { style: 'offset', offsetParam: 'page[offset]', limitParam: 'page[limit]', limit: 20 };
    const paging = { what: 'paging', value, certainty: 'likely', because: 'it is' } as const;
    const narrow = { ...source, found: [paging] };
    const lines = renderDiscovery(narrow, { folder: 'sources/shop', width: 60, paint });
    for (const line of lines.filter((text) => !/^(?:in the config|run its test):/.test(text)))
      expect(line.length, line).toBeLessThan(60);
  });

  it('ends no line with spaces', () => {
    for (const line of renderDiscovery(source, { folder: undefined, width: 80, paint })) expect(line).not.toMatch(/ $/);
  });
});
