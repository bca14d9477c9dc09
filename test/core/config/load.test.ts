import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configIssues } from '../../../core/config/issues.ts';
import { loadConfig } from '../../../core/config/load.ts';
import type { SluiceError } from '../../../core/errors.ts';
import { createRegistry, type Registry } from '../../../core/registry/registry.ts';
import { builtinFiles, modelText, sourceText, writeFiles } from './write-files.ts';

async function builtins(): Promise<Registry> {
  const folder = await writeFiles(builtinFiles);
  return createRegistry(pathToFileURL(`${folder}/plugins/`).href);
}

async function failure(work: Promise<unknown>): Promise<SluiceError> {
  return work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as SluiceError,
  );
}

const object = "{ sources: ['alpha'], sinks: ['log'], deadlineMs: 5 }";
const json = JSON.stringify({ sources: ['alpha'], sinks: ['log'], deadlineMs: 5 });
const yaml = 'sources: [alpha]\nsinks:\n  - log\ndeadlineMs: 5\n';
const typed = `import { defineConfig } from 'sluice';\nconst ms: number = 5;\nexport default defineConfig({ sources: ['alpha'], sinks: ['log'], deadlineMs: ms });`;

describe('loadConfig', () => {
  it.each([
    ['pipeline.config.ts', typed],
    ['pipeline.config.mts', typed],
    ['pipeline.config.js', `export default ${object};`],
    ['pipeline.config.mjs', `import { defineConfig } from 'sluice';\nexport default defineConfig(${object});`],
    ['pipeline.config.cjs', `module.exports = ${object};`],
    ['pipeline.config.json', json],
    ['pipeline.config.yaml', yaml],
    ['pipeline.config.yml', yaml],
    ['.pipelinerc', yaml],
    ['.pipelinerc', json],
    ['.pipelinerc.json', json],
    ['.pipelinerc.yaml', yaml],
    ['.pipelinerc.yml', yaml],
    ['.pipelinerc.ts', typed],
    ['.pipelinerc.mts', typed],
    ['.pipelinerc.js', `export default ${object};`],
    ['.pipelinerc.mjs', `export default ${object};`],
    ['.pipelinerc.cjs', `module.exports = ${object};`],
    ['package.json', `{ "name": "x", "type": "module", "pipeline": ${json} }`],
  ])('finds %s, from a folder below too', async (name, text) => {
    const folder = await writeFiles({
      // Outside of a package, a .js file would be CommonJS.
      ...(name.endsWith('.js') ? { 'package.json': '{ "type": "module" }' } : {}),
      [name]: text,
      'below/it/x.txt': '',
    });
    const config = await loadConfig({ cwd: join(folder, 'below/it'), registry: await builtins() });
    expect(config).toMatchObject({ file: join(folder, name), baseDir: folder, deadlineMs: 5 });
    expect(config.sources.map((source) => source.name)).toEqual(['alpha']);
  });

  it('takes the file that is named, relative to the folder, whatever else is there', async () => {
    const folder = await writeFiles({ 'a/other.yaml': yaml, 'pipeline.config.json': '{' });
    const registry = await builtins();
    expect(await loadConfig({ cwd: folder, file: 'a/other.yaml', registry })).toMatchObject({
      file: join(folder, 'a/other.yaml'),
      baseDir: join(folder, 'a'),
    });
  });

  it('takes a TypeScript config that imports TypeScript, with and without extension, and this package', async () => {
    const folder = await writeFiles({
      'pipeline.config.ts': `
        import { defineConfig } from 'sluice';
        import { deadlineMs } from './lib/settings.ts';
        import { sink } from './lib/names';
        import { source } from './lib/names.js';
        export default defineConfig({ sources: [source, './lib/mine.ts'], sinks: [sink], deadlineMs });`,
      'lib/settings.ts': 'export const deadlineMs: number = 7;',
      'lib/names.ts': "export const sink = 'log' as string;\nexport const source = 'beta' as string;",
      'lib/mine.ts': `
        import { defineSource } from 'sluice/plugin';
        interface Item { readonly id: number }
        export default defineSource(${sourceText('mine').replace('(item)', '(item: Item)')});`,
    });
    const config = await loadConfig({ cwd: folder, registry: await builtins() });
    expect(config.deadlineMs).toBe(7);
    expect(config.sources.map(({ name, locator }) => [name, locator.kind])).toEqual([
      ['beta', 'module'],
      ['mine', 'module'],
    ]);
    expect(config.sources[1]?.locator).toEqual({
      kind: 'module',
      url: pathToFileURL(join(folder, 'lib/mine.ts')).href,
    });
  });

  it('resolves paths against the file, and variables from the given environment', async () => {
    const folder = await writeFiles({
      'deep/pipeline.config.json': JSON.stringify({
        sources: [{ use: '../mine.mjs', name: '${NAME}' }],
        sinks: ['log'],
        model: '../model.mjs',
      }),
      'mine.mjs': `export default ${sourceText('mine')};`,
      'model.mjs': `export default ${modelText};`,
    });
    const config = await loadConfig({ cwd: join(folder, 'deep'), env: { NAME: 'given' }, registry: await builtins() });
    expect(config.sources[0]).toMatchObject({ name: 'given', plugin: { name: 'mine' } });
    expect(config).toMatchObject({
      model: { name: 'thing' },
      modelLocator: { kind: 'module', url: pathToFileURL(join(folder, 'model.mjs')).href },
      secrets: ['given'],
    });
  });

  it('says where it looked when there is no config', async () => {
    const folder = await writeFiles({ 'package.json': '{ "name": "x" }' });
    const error = await failure(loadConfig({ cwd: folder }));
    expect(error.code).toBe('config_not_found');
    expect(error.message).toContain(`no config in ${folder} or any folder above it`);
    expect(error.message).toContain('pipeline.config.ts');
    expect(error.message).toContain('name one with --config FILE, or begin one: pipeline init');
  });

  it.each([
    ['a file that is not there', 'nope.json', 'there is no file'],
    ['a folder', '.', 'is a folder'],
    ['a package.json without the key', 'package.json', 'has no key "pipeline"'],
  ])('refuses %s', async (_title, file, message) => {
    const folder = await writeFiles({ 'package.json': '{ "name": "x" }' });
    const error = await failure(loadConfig({ cwd: folder, file }));
    expect(error.code).toBe('config_not_found');
    expect(error.message).toContain(message);
  });

  it.each([
    ['pipeline.config.json', '{ "sources": [', 'JSON Error in'],
    ['pipeline.config.yaml', 'sources: [', 'YAML Error in'],
    ['pipeline.config.ts', 'export default {{', "can't be loaded: ParseError"],
    ['pipeline.config.mjs', "import './nope.mjs'; export default {};", "can't be loaded: Cannot find module"],
    ['pipeline.config.cjs', "throw new Error('on purpose');", "can't be loaded: on purpose"],
    ['pipeline.config.toml', 'x = 1', "a config can't be a .toml file"],
    ['pipeline.config.json', '', 'a config is an object, found nothing'],
    ['pipeline.config.json', 'null', 'a config is an object, found nothing'],
    ['pipeline.config.ts', 'export const config = {};', 'a config is an object, found nothing'],
    ['pipeline.config.mjs', 'export default () => ({});', 'a config is an object, found a function'],
    ['pipeline.config.yaml', '- alpha', 'a config is an object, found a list'],
  ])('explains a broken %s: %s', async (name, text, problem) => {
    const folder = await writeFiles({ [name]: text });
    const error = await failure(loadConfig({ cwd: folder, file: name }));
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain(`1 problem in ${join(folder, name)}`);
    expect(configIssues(error)[0]?.problem).toContain(problem);
  });

  it.each([
    ['pipeline.config.ts', 'export const config = {};', 'export default defineConfig({ … })'],
    ['pipeline.config.json', '[]', '{ "sources": […], "sinks": […] }'],
    ['pipeline.config.toml', 'x = 1', 'allowed: .ts, .mts, .js, .mjs, .cjs, .json, .yaml, .yml'],
  ])('says what a config looks like, in the language of %s', async (name, text, hint) => {
    const error = await failure(loadConfig({ cwd: await writeFiles({ [name]: text }), file: name }));
    expect(configIssues(error)[0]?.hints).toEqual([hint]);
  });

  it('stops at a broken config on the way up instead of taking the next', async () => {
    const folder = await writeFiles({
      'pipeline.config.json': json,
      'below/pipeline.config.ts': 'import "./nope.ts";',
    });
    const error = await failure(loadConfig({ cwd: join(folder, 'below'), registry: await builtins() }));
    expect(error.message).toContain(`1 problem in ${join(folder, 'below/pipeline.config.ts')}`);
  });
});
