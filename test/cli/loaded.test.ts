import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The command as it is installed: built by `pretest`. */
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Notes every file that the process loads, in all its threads. */
const noting = (file: string): string => `
  import { appendFileSync } from 'node:fs';
  import { Module, register } from 'node:module';
  const note = (name) => appendFileSync(${JSON.stringify(file)}, name + '\\n');
  const load = Module._extensions['.js'];
  Module._extensions['.js'] = (module, name) => { note(name); load(module, name); };
  register('data:text/javascript,' + encodeURIComponent(\`
    import { appendFileSync } from 'node:fs';
    export const load = (url, context, next) => {
      appendFileSync(${JSON.stringify(file)}, url + '\\\\n');
      return next(url, context);
    };\`));
`;

/** The files that a run of one page loads. */
async function loadedBy(options: readonly string[]): Promise<readonly string[]> {
  const products = [{ id: 1, title: 'Shirt', price: 5, category: 'tops' }];
  const server = createServer((_, response) => response.end(JSON.stringify({ products, total: 1, skip: 0, limit: 1 })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const folder = await temporaryFolder();
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { sources: [{ use: 'dummyjson', baseUrl }], sinks: [{ use: 'ndjson', path: 'out.ndjson' }] };
  await writeFile(join(folder, 'pipeline.config.json'), JSON.stringify(config));
  const [notes, hook] = [join(folder, 'loaded.txt'), join(folder, 'hook.mjs')];
  await writeFile(hook, noting(notes));
  const args = ['--import', pathToFileURL(hook).href, main, 'run', ...options];
  await promisify(execFile)(process.execPath, args, { cwd: folder });
  expect(await readFile(join(folder, 'out.ndjson'), 'utf8')).toContain('Shirt');
  return (await readFile(notes, 'utf8')).split('\n').filter((name) => /[\\/]/.test(name));
}

const from = (name: string) => (file: string) => file.includes(`/node_modules/${name}/`);

// A third of a millisecond each, and what they do when they are loaded comes on top.
it('a quiet run loads what it needs: few files, of the HTTP client its pool alone, nothing that draws', async () => {
  const files = await loadedBy(['--quiet']);
  expect(files.filter((file) => !file.includes('/node_modules/')).length).toBeLessThan(130);
  expect(files.filter(from('undici')).length).toBeLessThan(40);
  for (const name of ['string-width', 'log-update', 'jiti', 'hono', 'semver', 'parse-json']) {
    expect(files.filter(from(name))).toEqual([]);
  }
});

// By `import`, each would be read for what it exports, in each thread.
it('packages in CommonJS are required', async () => {
  const files = await loadedBy(['--quiet']);
  for (const name of ['@datadog/sketches-js', 'commander', 'cosmiconfig', 'reflect-metadata', 'tsyringe']) {
    const loaded = files.filter(from(name));
    expect(loaded).not.toEqual([]);
    expect(loaded.filter((file) => file.startsWith('file:'))).toEqual([]);
  }
});

it('a run that tells of its end loads what draws tables', async () => {
  const files = await loadedBy([]);
  expect(files.filter(from('string-width'))).not.toEqual([]);
});
