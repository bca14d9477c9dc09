import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as it is installed, built by `pretest`, without a terminal. */
function pipeline(cwd: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('pipeline init', () => {
  it('writes a config that runs, and refuses to write a second one', async () => {
    const folder = await temporaryFolder();
    expect(await pipeline(folder, 'init', '--yes')).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^wrote pipeline\.config\.ts: dummyjson, .* to out\/products\.json\n\nrun it: /),
      stderr: '',
    });
    const written = await readFile(join(folder, 'pipeline.config.ts'), 'utf8');
    expect(await pipeline(folder, 'run', '--mock', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    const { products } = JSON.parse(await readFile(join(folder, 'out/products.json'), 'utf8')) as {
      products: object[];
    };
    expect(products.length).toBeGreaterThan(100);

    expect(await pipeline(folder, 'init', '--yes')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: there is a config already: .*pipeline\.config\.ts\n {2}change it, or move it away; nothing was written\n$/,
      ),
    });
    expect(await readFile(join(folder, 'pipeline.config.ts'), 'utf8')).toBe(written);
  });

  it.each([
    ['pipeline.config.yaml', 'not even a config'],
    ['.pipelinerc', ''],
    ['package.json', '{ "pipeline": {} }'],
  ])('leaves alone a folder with a config in %s', async (file, text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, file), text);
    expect(await pipeline(folder, 'init', '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining(file) });
    expect(await readdir(folder)).toEqual([file]);
  });

  it('writes one in a folder below another with a config, or beside a package.json without', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'pipeline.config.json'), '{}');
    await mkdir(join(folder, 'inner'));
    await writeFile(join(folder, 'inner/package.json'), '{ "name": "mine" }');
    expect(await pipeline(join(folder, 'inner'), 'init', '-y')).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, 'inner'))).toContain('pipeline.config.ts');
  });

  it('says what to do where there is no terminal to ask on', async () => {
    const folder = await temporaryFolder();
    expect(await pipeline(folder, 'init')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: init asks what the config is to say, and there is no terminal to ask on\n  take the defaults: pipeline init --yes\n',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('pipeline new', () => {
  it('writes a source with its test and a page, and says how to go on', async () => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await pipeline(folder, 'new', 'source', 'shop');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^wrote\n {2}sources\/shop\/shop\.ts .*\n(?: {2}.*\n){2}\nin the config: {2}sources: \['\.\/sources\/shop\/shop\.ts'\]\nrun its test: {3}node .*--test sources\/shop\/shop\.test\.ts\n$/,
    );
    expect((await readdir(join(folder, 'sources/shop'))).toSorted()).toEqual([
      'page-1.json',
      'shop.test.ts',
      'shop.ts',
    ]);
  });

  it('writes nothing where one of the files is there', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'sinks/archive'), { recursive: true });
    await writeFile(join(folder, 'sinks/archive/archive.test.ts'), 'mine');
    expect(await pipeline(folder, 'new', 'sink', 'archive')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: sinks/archive/archive.test.ts is there already, and nothing was written\n  take another name, or move it away\n',
    });
    expect(await readdir(join(folder, 'sinks/archive'))).toEqual(['archive.test.ts']);
    expect(await readFile(join(folder, 'sinks/archive/archive.test.ts'), 'utf8')).toBe('mine');
  });

  it('says why files can not be written', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'sources'), 'a file, where a folder would have to be');
    expect(await pipeline(folder, 'new', 'source', 'shop')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: .*shop\.ts can't be written: \w+/),
    });
  });

  it.each([
    [['new'], /missing required argument 'kind'/],
    [['new', 'model', 'x'], /Allowed choices are source, sink/],
    [['new', 'source'], /missing required argument 'name'/],
    [['new', 'source', '../up'], /Give lower-case letters, digits, "-" and "_"/],
    [['new', 'sink', 'Shop'], /Give lower-case letters/],
    [['new', 'sink', 'a', 'b'], /too many arguments/],
  ])('refuses %j', async (args, message) => {
    const folder = await temporaryFolder();
    expect(await pipeline(folder, ...args)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('pipeline schema', () => {
  it('prints the JSON Schema of the config, and nothing else', async () => {
    const { code, stdout, stderr } = await pipeline(await temporaryFolder(), 'schema');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['sources', 'sinks'],
    });
  });
});
