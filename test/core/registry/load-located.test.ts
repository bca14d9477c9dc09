import { symlink, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../core/config/load.ts';
import type { PluginLocator } from '../../../core/contracts/locator.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { loadModel, loadSource } from '../../../core/registry/load-located.ts';
import { builtinFiles, modelText, sourceText, writeFiles } from '../config/write-files.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** Files of a project whose config holds plugins inline and names others; `extension` is that of all its modules. */
function project(extension: 'ts' | 'mjs'): Readonly<Record<string, string>> {
  const type = extension === 'ts' ? ' as object' : '';
  return {
    [`pipeline.config.${extension}`]: `
      import { defineConfig } from 'sluice';
      import { imported } from './lib/imported.${extension}';
      export default defineConfig({
        sources: [${sourceText('inline')}, { use: imported, name: '\${NAME}' }, './lib/file.${extension}', 'alpha'],
        sinks: ['log'],
        model: ${modelText},
      });`,
    [`lib/imported.${extension}`]: `import { defineSource } from 'sluice/plugin';
      export const imported = defineSource(${sourceText('imported')})${type};`,
    [`lib/file.${extension}`]: `import { defineSource } from 'sluice/plugin';
      export default defineSource(${sourceText('file')})${type};`,
  };
}

async function locators(folder: string): Promise<readonly (readonly [PluginLocator, string, string])[]> {
  const builtins = await writeFiles(builtinFiles);
  const registry = createRegistry(pathToFileURL(`${builtins}/plugins/`).href);
  const config = await loadConfig({ cwd: folder, env: { NAME: 'given' }, registry });
  return config.sources.map(({ locator, name, plugin }) => [locator, name, plugin.name] as const);
}

describe('loadSource and loadModel', () => {
  it('find again what the config named, inline or by path', async () => {
    const folder = await writeFiles(project('ts'));
    const found = await Promise.all((await locators(folder)).map(([locator, name]) => loadSource(locator, name)));
    expect(found.map(({ name }) => name)).toEqual(['inline', 'imported', 'file', 'alpha']);
    const file = join(folder, 'pipeline.config.ts');
    expect(await loadModel({ kind: 'config', file, name: 'thing' }, 'thing')).toMatchObject({ name: 'thing' });
  });

  it('say that an object made in another thread can not be had', async () => {
    await expect(loadSource({ kind: 'inline' }, 'mine')).rejects.toMatchObject({
      code: 'plugin_not_reachable',
      message: '"mine" was made in another thread: move it into a file of its own, or set workers.threads to 0',
    });
  });

  it('refuse what is not there any more', async () => {
    const folder = await writeFiles({ 'a.mjs': `export default ${modelText};`, 'c.mjs': 'export default {};' });
    const url = pathToFileURL(join(folder, 'a.mjs')).href;
    const file = join(folder, 'c.mjs');
    const invalid = { code: 'plugin_invalid' };
    await expect(loadSource({ kind: 'module', url }, 'a')).rejects.toMatchObject(invalid);
    await expect(loadSource({ kind: 'config', file, name: 'a' }, 'a')).rejects.toMatchObject(invalid);
    await expect(loadModel({ kind: 'config', file, name: 'a' }, 'a')).rejects.toMatchObject(invalid);
    await expect(loadModel({ kind: 'module', url: `${url}x` }, 'a')).rejects.toMatchObject({
      code: 'plugin_not_found',
    });
  });
});

/** What a worker thread on the built package reports: the names of the plugins, and every module that it loaded. */
interface Report {
  readonly names: readonly string[];
  readonly modules: readonly string[];
}

/** Runs in the worker: hooks into the loading of modules, then loads each source. */
const workerText = `
  const { register, createRequire } = require('node:module');
  const { MessageChannel, parentPort, workerData } = require('node:worker_threads');
  const hooks = \`let port;
    export const initialize = (data) => { port = data; };
    export const load = (url, context, next) => { port.postMessage(url); return next(url, context); };\`;
  (async () => {
    const { port1, port2 } = new MessageChannel();
    const modules = [];
    const end = 'data:text/javascript,//end';
    const ended = new Promise((done) => port1.on('message', (url) => (url === end ? done() : modules.push(url))));
    register('data:text/javascript,' + encodeURIComponent(hooks), { data: port2, transferList: [port2] });
    const { loadSource } = await import(workerData.loader);
    const names = [];
    for (const [locator, name] of workerData.locators) names.push((await loadSource(locator, name)).name);
    await import(end);
    await ended;
    port1.close();
    parentPort.postMessage({ names, modules: [...modules, ...Object.keys(require.cache)] });
  })().catch((error) => { throw error; });
`;

async function inWorker(located: readonly (readonly [PluginLocator, string, string])[]): Promise<Report> {
  const loader = pathToFileURL(join(repository, 'dist/core/registry/load-located.js')).href;
  const worker = new Worker(workerText, { eval: true, workerData: { loader, locators: located } });
  return new Promise((done, fail) => worker.once('message', done).once('error', fail));
}

describe('a worker thread of the built package', () => {
  it.each(['ts', 'mjs'] as const)(
    'loads inline and other sources of a .%s project without DI, HTTP, schema and config search',
    async (extension) => {
      const folder = await writeFiles(project(extension));
      await mkdir(join(folder, 'node_modules'));
      await symlink(repository, join(folder, 'node_modules/sluice'));
      const { names, modules } = await inWorker(await locators(folder));
      expect(names).toEqual(['inline', 'imported', 'file', 'alpha']);
      // The hook does see what is loaded: the entry, and jiti where there is TypeScript.
      expect(modules.filter((url) => url.endsWith('/dist/core/index.js'))).not.toEqual([]);
      expect(modules.some((url) => url.includes('/node_modules/jiti/'))).toBe(extension === 'ts');
      const heavy =
        /\/node_modules\/(?:tsyringe|reflect-metadata|undici|zod|cosmiconfig|consola|commander|tinypool|hono)\//;
      expect(modules.filter((url) => heavy.test(url))).toEqual([]);
    },
  );

  it.each(['lone.ts', 'lone.mjs'])('gives %s, outside of any project, its own copy of the package', async (file) => {
    const folder = await writeFiles({
      [file]: `import { SluiceError } from 'sluice/plugin';
        import { SluiceError as same } from 'sluice';
        export default { ...${sourceText('lone')}, name: SluiceError === same ? 'one-copy' : 'two-copies' };`,
    });
    const locator: PluginLocator = { kind: 'module', url: pathToFileURL(join(folder, file)).href };
    const { names, modules } = await inWorker([[locator, 'lone', 'lone']]);
    expect(names).toEqual(['one-copy']);
    expect(modules.filter((url) => url.endsWith('/errors.js'))).toHaveLength(1);
  });
});
