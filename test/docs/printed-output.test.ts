/** What the documents say that commands print is what they print, but for figures, places and how wide a column is. */
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startMockUpstream } from '../../core/mock/server.ts';
import dummyjson from '../../plugins/sources/dummyjson/upstream.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { codeBlocks, read, root } from './markdown.ts';

/** The command as it is installed: built by `pretest`. */
const main = join(root, 'dist/cli/main.js');

/** The lines of the block that begins with that line, without it where it is the command. */
function printedIn(document: string, first: string): readonly string[] {
  const block = codeBlocks(read(document)).find(({ text }) => text.startsWith(`${first}\n`));
  if (block === undefined) throw new Error(`${document} has no block that begins with "${first}"`);
  return inForm(first.startsWith('$') ? block.text.slice(first.length + 1) : block.text);
}

function inForm(text: string): readonly string[] {
  return text
    .replaceAll(/(?:\/[\w.-]+)*\/(?=pipeline\.config\.json|\.pipeline\b|out\b)/g, '')
    .replaceAll(/\d+(?:[.,]\d+)*/g, '#')
    .replaceAll(/# (?:ms|s)\b/g, '# s')
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' ').trim())
    .filter((line) => line !== '');
}

/** Stdout and stderr of a command, whatever its exit code. */
async function output(args: readonly string[], cwd: string): Promise<readonly string[]> {
  const run = promisify(execFile)(process.execPath, [main, ...args], { cwd });
  const { stdout, stderr } = await run.catch((failed: { stdout: string; stderr: string }) => failed);
  return inForm(stdout + stderr);
}

async function folderWith(config: object): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'pipeline.config.json'), JSON.stringify(config));
  return folder;
}

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A source that is called so, whose items are `{ id, name, cents }`. */
async function writeSource(folder: string, name: string, baseUrl: string): Promise<void> {
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await symlink(root, join(folder, 'node_modules/sluice'), 'junction').catch(() => {});
  const text = `
    import { defineSource, offsetPagination } from 'sluice/plugin';
    export default defineSource({
      name: '${name}',
      baseUrl: '${baseUrl}',
      rateLimit: { requests: 5, perMs: 1000 },
      pagination: offsetPagination({ path: '/items', limit: 20, total: (body) => body.total }),
      items: (body) => body.items,
      normalizer: ({ id, name, cents }) => ({ id, title: name, price: cents / 100 }),
    });`;
  await writeFile(join(folder, `${name}.mjs`), text);
}

const lamps = Array.from({ length: 20 }, (_, index) => ({ id: index + 1, name: 'Lamp', cents: 250 }));

test('pipeline plan', async () => {
  const folder = await folderWith({ sources: ['dummyjson', 'escuelajs', 'jsonplaceholder'], sinks: ['ndjson'] });
  expect(await output(['plan', '--mock'], folder)).toEqual(printedIn('docs/commands.md', '$ pipeline plan --mock'));
});

test('pipeline check', async () => {
  const folder = await folderWith({
    sources: [{ use: './shop.mjs', headers: { 'x-api-key': '${file:key}' } }, './feed.mjs'],
    sinks: [{ use: 'json-file', path: 'out' }],
  });
  await mkdir(join(folder, 'out'));
  await writeFile(join(folder, 'key'), 'one-that-is-refused');
  const baseUrl = await listen(({ headers }, response) => {
    response.writeHead(headers['x-api-key'] === undefined ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ items: lamps, total: 20 }));
  });
  await Promise.all(['shop', 'feed'].map((name) => writeSource(folder, name, baseUrl)));
  expect(await output(['check'], folder)).toEqual(printedIn('docs/commands.md', '$ pipeline check'));
});

test('pipeline preview', async () => {
  const folder = await folderWith({
    sources: ['./shop.mjs'],
    sinks: ['ndjson'],
    model: './thing.mjs',
  });
  const baseUrl = await listen((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: [lamps[0], { id: 2, cents: 900 }, ...lamps.slice(2)], total: 40 }));
  });
  await writeSource(folder, 'shop', baseUrl);
  await writeFile(join(folder, 'thing.mjs'), thing);
  expect(await output(['preview', 'shop', '-n', '2'], folder)).toEqual(
    printedIn('docs/commands.md', '$ pipeline preview shop -n 2'),
  );
});

/** A model of two fields, so that the page shows few. */
const thing = `
  import { defineModel } from 'sluice/plugin';
  const refused = { issues: [{ message: 'title is missing', path: ['title'] }] };
  const validate = (value) => (value.title === undefined ? refused : { value });
  const schema = { '~standard': { version: 1, vendor: 'test', validate } };
  export default defineModel({ name: 'thing', schema, fields: ['title', 'price'] });
`;

test('pipeline query', async () => {
  const folder = await folderWith({
    sources: ['dummyjson', 'escuelajs', 'jsonplaceholder'],
    sinks: ['ndjson'],
    history: true,
  });
  await output(['run', '--mock', '--quiet'], folder);
  const sql = 'SELECT source, count(*) AS products, median(price) AS median FROM records GROUP BY ALL ORDER BY source';
  expect(await output(['query', sql], folder)).toEqual(printedIn('docs/history.md', `$ pipeline query "${sql}"`));
});

test('pipeline probe', async () => {
  const upstream = await startMockUpstream(dummyjson);
  onTestFinished(() => upstream.close());
  const url = `${upstream.url}/products`;
  const printed = await output(['probe', url, '--name', 'dummyjson'], await temporaryFolder());
  const lines = printed.map((line) =>
    line
      .replace(inForm(url)[0] ?? '', 'https://dummyjson.com/products')
      // An older Node needs help with TypeScript.
      .replace(' --import jiti/register', ''),
  );
  const shown = printedIn('docs/commands.md', '$ pipeline probe https://dummyjson.com/products');
  // What is left out stands between the two.
  const cut = shown.indexOf('…');
  expect(lines.slice(0, cut)).toEqual(shown.slice(0, cut));
  expect(lines.slice(cut - shown.length + 1)).toEqual(shown.slice(cut + 1));
}, 30_000);

test('pipeline chaos', async () => {
  const folder = await folderWith({ sources: ['dummyjson', 'escuelajs', 'jsonplaceholder'], sinks: ['ndjson'] });
  const args = [main, 'chaos', '--kill', '3', '--seed', '42', '--error-rate', '0.1'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  // How many lives and runs it takes, and whether a source was asked often enough, depends on the machine.
  const anyNumber = (lines: readonly string[]): readonly string[] =>
    lines.map((line) =>
      line
        .replaceAll(/\b(life|lives)\b/g, 'lives')
        .replaceAll(/\bruns?\b/g, 'runs')
        .replace(/, # came within .*/, ''),
    );
  expect(anyNumber(inForm(stdout))).toEqual(
    anyNumber(printedIn('docs/chaos.md', '$ pipeline chaos --kill 20 --seed 42')),
  );
}, 90_000);

test('the problems of a config', async () => {
  const folder = await folderWith({
    sources: ['dummyjson', { use: 'escuelajs', rateLimits: [] }],
    sinks: ['ndjson'],
    workers: { threads: 'two' },
  });
  expect(await output(['run'], folder)).toEqual(
    printedIn('docs/configuration.md', 'error: 2 problems in /home/me/shop/pipeline.config.json'),
  );
});
