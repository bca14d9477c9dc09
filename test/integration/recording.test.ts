import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SourcePlugin } from '../../core/plugin.ts';
import { importDefault } from '../../core/registry/import-module.ts';
import { testSource } from '../../core/testing.ts';
import { writeFiles } from '../core/config/write-files.ts';

/** The command as it is installed: built by `pretest`. */
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const config = JSON.stringify({
  sources: ['dummyjson', 'escuelajs', 'jsonplaceholder'].map((use) => ({
    use,
    rateLimit: { requests: 100, perMs: 1000 },
  })),
  sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
});

const env = { ...process.env, CLIENT_SECRET: 'of-the-client-1' };

function command(cwd: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'run', ...args], { cwd, env }, (error, _, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr }),
    );
  });
}

/** An API that wants a token, and has more of each item elsewhere. */
async function fullUpstream(): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, kind, id, part] = pathname.split('/');
    const known = kind === 'token' || request.headers.authorization === 'Bearer of-the-token-1';
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
    const bodies: Record<string, unknown> = {
      token: { access_token: 'of-the-token-1', token_type: 'bearer', expires_in: 3600 },
      brand: { brand: `Brand ${id}` },
      items:
        part === undefined
          ? [1, 2].map((n) => ({ id: n, name: `Item ${n}` }))
          : [1, 2].map((n) => ({ id: `${id}-${n}` })),
    };
    response.end(JSON.stringify(bodies[kind ?? '']));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fullSource(origin: string): string {
  return `
import { chain, defineEnricher, defineNormalizer, defineSource, mapFields, oauth2ClientCredentials, singlePage } from 'sluice/plugin';
interface Item { readonly id: number; readonly name: string; readonly brand?: string }
const withBrand = defineEnricher({
  name: 'brand',
  enrich: async (item: Item, { request }): Promise<Item> => ({ ...item, ...((await request({ path: '/brand/' + item.id })).json() as object) }),
});
export default defineSource({
  name: 'full',
  baseUrl: '${origin}',
  rateLimit: { requests: 100, perMs: 1000 },
  auth: oauth2ClientCredentials({ tokenUrl: '${origin}/token', clientId: 'me', clientSecret: '\${CLIENT_SECRET}' }),
  pagination: singlePage({ path: '/items' }),
  normalizer: chain(withBrand, mapFields<Item>()({ id: 'id', title: 'name', brand: 'brand' })),
  children: [{
    name: 'reviews',
    parent: (item: Item) => ({ id: item.id }),
    pagination: ({ id }) => singlePage({ path: '/items/' + id + '/reviews' }),
    normalizer: defineNormalizer<{ id: string }>({ normalize: ({ id }) => ({ id, title: id }) }),
  }],
});
`;
}

describe('pipeline run --record, --replay', { timeout: 60_000 }, () => {
  it('replays what it has recorded, byte for byte but for the times, and keeps no state', async () => {
    const folder = await writeFiles({ 'pipeline.config.json': config });
    const recorded = await command(folder, '--mock', '--record', 'recorded');
    expect(recorded).toMatchObject({ code: 0, stderr: expect.stringContaining('is kept in recorded') as string });
    const output = async (): Promise<string> =>
      (await readFile(join(folder, 'out.ndjson'), 'utf8')).replaceAll(/"processed_at":"[^"]*"/g, '');
    const live = await output();
    expect(live.split('\n')).toHaveLength(495);
    const runs = await readdir(join(folder, '.pipeline/runs'));
    // The upstreams are gone, and the sources of the config lead elsewhere.
    const replayed = await command(folder, '--replay', 'recorded');
    expect(replayed).toMatchObject({ code: 0, stderr: expect.stringContaining('nobody is asked') as string });
    expect(await output()).toBe(live);
    expect(await readdir(join(folder, '.pipeline/runs'))).toEqual(runs);
    expect(await command(folder, '--replay', 'recorded', '--source', 'escuelajs')).toMatchObject({ code: 0 });
    expect((await output()).split('\n')).toHaveLength(
      live.split('\n').filter((line) => line.includes('"escuelajs:')).length + 1,
    );
  });

  it('keeps tokens, enrichers and children, for a replay and for the plugin’s test', async () => {
    const upstream = await fullUpstream();
    const folder = await writeFiles({
      'full.ts': fullSource(upstream),
      'pipeline.config.json': JSON.stringify({
        sources: ['./full.ts'],
        sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
      }),
    });
    const records = async (): Promise<string[]> =>
      (await readFile(join(folder, 'out.ndjson'), 'utf8'))
        .replaceAll(/"processed_at":"[^"]*"/g, '')
        .split('\n')
        .toSorted();
    expect(await command(folder, '--record', 'recorded')).toMatchObject({ code: 0 });
    const live = await records();
    expect(live).toHaveLength(7);
    expect(live.join()).toContain('"brand":"Brand 1"');
    const files = await readdir(join(folder, 'recorded'));
    const kept = await Promise.all(files.map((name) => readFile(join(folder, 'recorded', name), 'utf8')));
    expect(kept.join('')).not.toMatch(/of-the-client|of-the-token/);
    expect(await command(folder, '--replay', 'recorded')).toMatchObject({ code: 0 });
    expect(await records()).toEqual(live);
    const plugin = (await importDefault(pathToFileURL(join(folder, 'full.ts')).href)) as SourcePlugin;
    const tested = await testSource(plugin, { pages: join(folder, 'recorded'), env: { CLIENT_SECRET: 'any' } });
    expect(tested.records).toHaveLength(6);
  });

  it('refuses what can not be done before anything is asked', async () => {
    const folder = await writeFiles({ 'pipeline.config.json': config });
    const used = await command(folder, '--mock', '--record', '.');
    expect(used.code).toBe(2);
    expect(used.stderr).toContain('is not empty');
    const none = await command(folder, '--replay', 'nowhere');
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("manifest.json can't be read: there is no such file or folder");
    expect((await command(folder, '--replay', 'a', '--mock')).code).toBe(2);
    expect((await command(folder, '--record', 'a', '--replay', 'b')).code).toBe(2);
    expect((await command(folder, '--record', 'a', '--resume')).code).toBe(2);
  });
});
