import { describe, expect, it } from 'vitest';
import { interpolate } from '../../../core/config/interpolate.ts';

const env = { HOST: 'shop.example', TOKEN: 'secret', EMPTY: '', NESTED: '${HOST}' };

describe('interpolate', () => {
  it('replaces variables in texts at any depth, several in one too', () => {
    const config = { a: 'https://${HOST}/${TOKEN}', b: [{ c: ['${EMPTY}x', 5, null, true] }], d: undefined };
    expect(interpolate(config, env)).toEqual({
      config: { a: 'https://shop.example/secret', b: [{ c: ['x', 5, null, true] }], d: undefined },
      values: ['shop.example', 'secret', ''],
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
