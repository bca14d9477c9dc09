import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SluiceError } from '../../../core/errors.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { builtinFiles, modelText, sourceText, writeFiles } from '../config/write-files.ts';

const files = {
  ...builtinFiles,
  'mine.ts': `const name: string = 'mine'; export default { ...${sourceText('x')}, name };`,
  'compiled.cjs': `exports.__esModule = true; exports.default = ${sourceText('compiled')};`,
  'model.mjs': `export default ${modelText};`,
  'empty.mjs': 'export const x = 1;',
  'node_modules/shop/package.json': '{ "name": "shop", "type": "module", "exports": { "import": "./main.js" } }',
  'node_modules/shop/main.js': `export default ${sourceText('shop')};`,
  'node_modules/sluice-plugin-market/package.json': '{ "name": "sluice-plugin-market", "main": "./main.cjs" }',
  'node_modules/sluice-plugin-market/main.cjs': `module.exports = ${sourceText('market')};`,
  'node_modules/@acme/sources/package.json':
    '{ "name": "@acme/sources", "type": "module", "exports": { "./one": "./one.ts" } }',
  'node_modules/@acme/sources/one.ts': `export default ${sourceText('one')} as object;`,
  'node_modules/alpha/package.json': '{ "name": "alpha", "main": "./main.js" }',
  'node_modules/alpha/main.js': 'throw new Error("the built-in goes first");',
};

describe('createRegistry', () => {
  it.each([
    ['a built-in by its name, before a package of that name', 'alpha', 'plugins/sources/alpha/index.js', 'alpha'],
    ['a TypeScript file by its path', './mine.ts', 'mine.ts', 'mine'],
    ['a file by a path that leads upwards', '../{folder}/mine.ts', 'mine.ts', 'mine'],
    ['a CommonJS file compiled from an ES module', './compiled.cjs', 'compiled.cjs', 'compiled'],
    ['a package with the exports of an ES module', 'shop', 'node_modules/shop/main.js', 'shop'],
    ['a package by its short name', 'market', 'node_modules/sluice-plugin-market/main.cjs', 'market'],
    ['a package by its whole name', 'sluice-plugin-market', 'node_modules/sluice-plugin-market/main.cjs', 'market'],
    ['a module of a scoped package, in TypeScript', '@acme/sources/one', 'node_modules/@acme/sources/one.ts', 'one'],
  ])('finds %s', async (_title, use, file, name) => {
    const folder = await writeFiles(files);
    const registry = createRegistry(pathToFileURL(`${folder}/plugins/`).href);
    const found = await registry.find('source', use.replace('{folder}', folder.split('/').at(-1) ?? ''), folder);
    expect(found.url).toBe(pathToFileURL(join(folder, file)).href);
    expect(found.plugin.name).toBe(name);
  });

  it('finds a file by its URL and by its absolute path', async () => {
    const folder = await writeFiles(files);
    const registry = createRegistry(pathToFileURL(`${folder}/plugins/`).href);
    const url = pathToFileURL(join(folder, 'model.mjs')).href;
    expect(await registry.find('model', url, '/')).toMatchObject({ url, plugin: { name: 'thing' } });
    expect(await registry.find('model', join(folder, 'model.mjs'), '/')).toMatchObject({ url });
  });

  it.each([
    [
      'an unknown name',
      'alpa',
      'plugin_not_found',
      /^there is no source "alpa"\ndid you mean "alpha"\?\nallowed: alpha, beta, a path/,
    ],
    ['a module of Node', 'fs', 'plugin_not_found', /^there is no source "fs"\nallowed/],
    [
      'a path that leads nowhere',
      './min.ts',
      'plugin_not_found',
      /^there is no source at .*\/min\.ts\ndid you mean "\.\/mine\.ts"\?$/,
    ],
    ['a folder that leads nowhere', './no/where.ts', 'plugin_not_found', /^there is no source at .*\/no\/where\.ts$/],
    [
      'a module without a default export',
      './empty.mjs',
      'plugin_invalid',
      /^.*empty\.mjs is not a source\na source is an object made by defineSource\(\{ … \}\), not nothing: is there a default export\?$/,
    ],
    ['a plugin of another kind', './model.mjs', 'plugin_invalid', /^.*model\.mjs is not a source\nbaseUrl must be/],
  ])('refuses %s and says what helps', async (_title, use, code, message) => {
    const folder = await writeFiles(files);
    const registry = createRegistry(pathToFileURL(`${folder}/plugins/`).href);
    const error = await registry.find('source', use, folder).then(
      () => expect.unreachable('it should not be found'),
      (thrown: unknown) => thrown as SluiceError,
    );
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('counts only folders with an index as built-ins', async () => {
    const folder = await writeFiles(files);
    const registry = createRegistry(pathToFileURL(`${folder}/plugins/`).href);
    expect(await registry.names('source')).toEqual(['alpha', 'beta']);
    expect(await createRegistry(pathToFileURL(`${folder}/nowhere/`).href).names('sink')).toEqual([]);
  });

  it('knows the built-in plugins by the names that they bear', async () => {
    const registry = createRegistry();
    for (const kind of ['source', 'sink', 'model'] as const) {
      const names = await registry.names(kind);
      expect((await registry.builtins(kind)).map(({ plugin }) => plugin.name)).toEqual(names);
    }
    expect(await registry.names('source')).toEqual(
      expect.arrayContaining(['dummyjson', 'escuelajs', 'jsonplaceholder', 'reqres']),
    );
    expect(await registry.names('sink')).toEqual(expect.arrayContaining(['json-file', 'ndjson', 'stdout']));
    expect(await registry.names('model')).toContain('product');
  });
});
