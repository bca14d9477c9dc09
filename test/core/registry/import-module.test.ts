import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../core/errors.ts';
import { importDefault, importModule } from '../../../core/registry/import-module.ts';
import { writeFiles } from '../config/write-files.ts';

function url(folder: string, file: string): string {
  return pathToFileURL(join(folder, file)).href;
}

describe('importModule', () => {
  it('imports JavaScript and TypeScript, each file once', async () => {
    const folder = await writeFiles({
      'a.ts': "export { shared } from './shared'; export const here: string = import.meta.url;",
      'b.ts': "export { shared } from './shared.ts';",
      'c.mjs': 'export const c = {};',
      'shared.ts': 'export const shared = {} as object;',
    });
    const a = (await importModule(url(folder, 'a.ts'))) as { shared: object; here: string };
    const b = (await importModule(url(folder, 'b.ts'))) as { shared: object };
    expect(a.shared).toBe(b.shared);
    expect(a.here).toBe(url(folder, 'a.ts'));
    const [c, again] = (await Promise.all([
      importModule(url(folder, 'c.mjs')),
      importModule(url(folder, 'c.mjs')),
    ])) as [{ c: object }, { c: object }];
    expect(c.c).toBe(again.c);
  });

  it.each(['lone.ts', 'lone.mjs'])('gives %s this package, though it is installed nowhere near', async (file) => {
    const text = `import { defineSource } from 'sluice/plugin';
      import { defineConfig } from 'sluice';
      export default [typeof defineSource, typeof defineConfig];`;
    const folder = await writeFiles({ [file]: text });
    expect(await importDefault(url(folder, file))).toEqual(['function', 'function']);
  });

  it.each([
    ['a.mjs', 'export default 1;\nnowhere();', 'a.mjs:2'],
    ['a.ts', 'const x: number = 1;\nexport default x;\nnowhere();', 'a.ts:3'],
    ['a.cjs', '\n\nnowhere();', 'a.cjs:3'],
    ['a.ts', "export { x } from './lib.ts';", 'lib.ts:2'],
  ])('says where in %s it went wrong: %j', async (file, text, place) => {
    const folder = await writeFiles({ 'lib.ts': 'const y: number = 1;\nexport const x = nowhere(y);', [file]: text });
    await expect(importModule(url(folder, file))).rejects.toThrow(`\nat ${join(folder, place)}`);
  });

  it('does not take a package whose name only begins alike for this one', async () => {
    const folder = await writeFiles({
      'a.ts': "import name from 'sluice-plugin-x';\nexport default name;",
      'node_modules/sluice-plugin-x/package.json': '{ "type": "module", "exports": "./x.js" }',
      'node_modules/sluice-plugin-x/x.js': "export default 'x';",
    });
    expect(await importDefault(url(folder, 'a.ts'))).toBe('x');
  });

  it.each([
    ['is not there', 'nope.ts', undefined, 'plugin_not_found', 'does not exist'],
    ['can not be parsed', 'a.ts', 'export default {{', 'plugin_invalid', "can't be loaded: ParseError"],
    ['can not be parsed either', 'a.mjs', 'export default {{', 'plugin_invalid', "can't be loaded: "],
    ['imports what is not there', 'a.ts', "import './nope.ts';", 'plugin_invalid', "Cannot find module './nope.ts'"],
    ['imports a package that is not there', 'a.mjs', "import 'nope';", 'plugin_invalid', "Cannot find package 'nope'"],
    ['throws', 'a.cjs', "throw new Error('on purpose');", 'plugin_invalid', "can't be loaded: on purpose"],
    ['throws no error', 'a.ts', "throw 'text';", 'plugin_invalid', "can't be loaded: text"],
  ])('names a file that %s', async (_title, file, text, code, message) => {
    const folder = await writeFiles(text === undefined ? {} : { [file]: text });
    const error: unknown = await importModule(url(folder, file)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SluiceError);
    expect(error).toMatchObject({ code });
    expect((error as SluiceError).message).toContain(join(folder, file));
    expect((error as SluiceError).message).toContain(message);
    expect((error as SluiceError).cause !== undefined).toBe(text !== undefined);
  });
});

describe('importDefault', () => {
  it.each([
    ['a.ts', 'export const named = 1;', undefined],
    ['b.mjs', 'export const named = 1;', undefined],
    ['c.ts', 'export default 5 as number;', 5],
    ['d.cjs', 'module.exports = 5;', 5],
    ['e.cjs', 'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = 5;', 5],
    ['f.mjs', 'export default null;', null],
  ])('reads the default export of %s', async (file, text, value) => {
    expect(await importDefault(url(await writeFiles({ [file]: text }), file))).toBe(value);
  });
});
