import { chmod, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { interpolate as interpolateWith, type Interpolated } from '../../../core/config/interpolate.ts';
import { writeFiles } from './write-files.ts';

const interpolate = (config: unknown, given: Readonly<Record<string, string>>): Interpolated =>
  interpolateWith(config, { env: given, baseDir: '/nowhere' });

const env = { HOST: 'shop.example', TOKEN: 'secret', EMPTY: '', NESTED: '${HOST}' };

describe('interpolate', () => {
  it('replaces variables in texts at any depth, several in one too', () => {
    const config = { a: 'https://${HOST}/${TOKEN}', b: [{ c: ['${EMPTY}x', 5, null, true] }], d: undefined };
    expect(interpolate(config, env)).toEqual({
      config: { a: 'https://shop.example/secret', b: [{ c: ['x', 5, null, true] }], d: undefined },
      values: ['shop.example', 'secret', ''],
      fileValues: [],
      issues: [],
    });
  });

  it('leaves an escaped variable as its text, and looks into no value', () => {
    expect(interpolate({ a: '$${HOST} ${NESTED} $HOST {HOST}' }, env).config).toEqual({
      a: '${HOST} ${HOST} $HOST {HOST}',
    });
  });

  it('names every variable that is not set, and where', () => {
    const { issues, config } = interpolate({ sinks: [{ path: '${A}/${B}' }], model: '${toString}' }, env);
    expect(issues.map(({ code, path, problem }) => [code, path, problem])).toEqual([
      ['env_missing', 'sinks[0].path', 'the environment variable A is not set'],
      ['env_missing', 'sinks[0].path', 'the environment variable B is not set'],
      ['env_missing', 'model', 'the environment variable toString is not set'],
    ]);
    expect(config).toEqual({ sinks: [{ path: '${A}/${B}' }], model: '${toString}' });
  });

  it('refuses what can name no variable', () => {
    const { issues } = interpolate({ a: '${HOST:-x} ${}' }, env);
    expect(issues).toEqual([
      {
        code: 'env_missing',
        path: 'a',
        problem: '"${HOST:-x}" names no environment variable',
        hints: ['write ${NAME}, or write $${HOST:-x} for the text itself'],
      },
      {
        code: 'env_missing',
        path: 'a',
        problem: '"${}" names no environment variable',
        hints: ['write ${NAME}, or write $${} for the text itself'],
      },
    ]);
  });

  it('leaves plugins, services and instances of classes as they are', () => {
    const plugin = { normalizer: {}, baseUrl: '${HOST}' };
    const model = { name: '${HOST}' };
    const services = { logger: { name: '${HOST}' } };
    const since = new Date(0);
    const config = {
      sources: [plugin, { use: plugin, name: '${HOST}' }],
      sinks: [{ use: 'x', since }],
      model,
      services,
    };
    const { config: done } = interpolate(config, env);
    expect(done).toEqual({ ...config, sources: [plugin, { use: plugin, name: 'shop.example' }] });
    expect(done).toHaveProperty('model', model);
    expect(done).toHaveProperty('sinks[0].since', since);
  });

  it('keeps a key called __proto__ a plain key', () => {
    const { config } = interpolate(JSON.parse('{ "__proto__": { "polluted": "${HOST}" } }'), env);
    expect(Object.getOwnPropertyNames(config)).toEqual(['__proto__']);
    expect(Reflect.has({}, 'polluted')).toBe(false);
  });
});

describe('interpolate with files', () => {
  it('puts in what a file holds, without one line break at its end, from the folder of the config', async () => {
    const baseDir = await writeFiles({ 'secrets/a': 'one\n', 'secrets/b': 'two\r\n\n', 'secrets/c': '\ufeffthree ' });
    const config = { a: 'Bearer ${file:secrets/a}', b: ['${file:./secrets/b}'], c: `\${file:${baseDir}/secrets/c}` };
    expect(interpolateWith(config, { env: {}, baseDir })).toEqual({
      config: { a: 'Bearer one', b: ['two\r\n'], c: 'three ' },
      values: [],
      fileValues: ['one', 'two\r\n', 'three '],
      issues: [],
    });
  });

  it('leaves an escaped reference as its text, and looks into no value', async () => {
    const baseDir = await writeFiles({ a: '${HOST} ${file:a}' });
    expect(interpolateWith({ a: '$${file:a} ${file:a}' }, { env, baseDir }).config).toEqual({
      a: '${file:a} ${HOST} ${file:a}',
    });
  });

  it('tells of every file that can not be used, and why, at once', async () => {
    const files = { empty: '', blank: '\n', large: 'x'.repeat(64 * 1024 + 1), 'folder/x': '' };
    const baseDir = await writeFiles(files);
    await writeFile(`${baseDir}/binary`, Buffer.from([0xff, 0xfe, 0x00]));
    const names = ['none', 'empty/x', 'folder', 'empty', 'blank', 'large', 'binary', ''];
    const { issues } = interpolateWith({ a: names.map((name) => `\${file:${name}}`) }, { env: {}, baseDir });
    expect(issues.map(({ code, path, problem }) => [code, path, problem.replace(`${baseDir}/`, '')])).toEqual([
      ['config_invalid', 'a[0]', 'there is no file none'],
      ['config_invalid', 'a[1]', 'there is no file empty/x'],
      ['config_invalid', 'a[2]', 'folder is a folder'],
      ['config_invalid', 'a[3]', 'empty is empty'],
      ['config_invalid', 'a[4]', 'blank is empty'],
      ['config_invalid', 'a[5]', 'large is larger than 64 KiB'],
      ['config_invalid', 'a[6]', 'binary is not UTF-8 text'],
      ['config_invalid', 'a[7]', '"${file:}" names no file'],
    ]);
    expect(issues[0]?.hints).toEqual(['create it, or correct the path, or write $${file:none} for the text itself']);
  });

  it('takes 64 KiB', async () => {
    const baseDir = await writeFiles({ large: 'x'.repeat(64 * 1024) });
    expect(interpolateWith({ a: '${file:large}' }, { env: {}, baseDir }).issues).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('refuses what is no file instead of waiting for it', () => {
    const { issues } = interpolateWith({ a: '${file:/dev/null}' }, { env: {}, baseDir: '/' });
    expect(issues[0]?.problem).toBe('/dev/null is no file');
  });

  it.runIf(process.getuid?.() !== 0)('tells of a file that must not be read', async () => {
    const baseDir = await writeFiles({ locked: 'x' });
    await chmod(`${baseDir}/locked`, 0o000);
    const { issues } = interpolateWith({ a: '${file:locked}' }, { env: {}, baseDir });
    expect(issues[0]?.problem).toBe(`${baseDir}/locked can't be read (EACCES)`);
  });
});
