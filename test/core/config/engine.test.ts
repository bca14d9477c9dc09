import { describe, expect, test } from 'vitest';
import { createPipeline } from '../../../core/index.ts';
import { editorSchema } from '../../../core/config/editor-schema.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';

const config = { sources: ['dummyjson'], sinks: ['stdout'] };
const redis = 'redis://worker:a-password@redis.example:6379';

describe('the engine of a config', () => {
  test('is found by name, and has its options checked', async () => {
    const resolved = await resolveConfig(
      { ...config, engine: { use: 'bullmq', redis: '${REDIS}' } },
      { env: { REDIS: redis } },
    );
    expect(resolved.engine?.plugin.name).toBe('bullmq');
    expect(resolved.engine?.options).toMatchObject({ redis, queue: 'sluice', keepDays: 0, parts: '.pipeline/parts' });
  });

  test('is none by default: all is done in this process', async () => {
    expect((await resolveConfig(config)).engine).toBeUndefined();
  });

  test('keeps the password of its URL secret, wherever that comes from', async () => {
    const fromEnv = await resolveConfig(
      { ...config, engine: { use: 'bullmq', redis: '${REDIS}' } },
      { env: { REDIS: redis } },
    );
    const inClear = await resolveConfig({ ...config, engine: { use: 'bullmq', redis } }, { env: {} });
    expect(fromEnv.secrets).toContain('a-password');
    expect(inClear.secrets).toContain('a-password');
    expect(inClear.warnings).toContainEqual(expect.stringContaining('engine.redis holds a secret in clear'));
  });

  test.each([
    [{ use: 'bullmk', redis }, /engine: there is no engine "bullmk"\n\s+did you mean "bullmq"\?/],
    [{ use: 'bullmq' }, /engine\.redis/],
    [{ use: 'bullmq', redis: 'http://redis.example' }, /engine\.redis: found "http:\/\/redis\.example"/],
    [{ use: 'bullmq', redis, keepDays: -1 }, /engine\.keepDays/],
    [{ use: 'bullmq', redis, que: 'a' }, /engine.*que/s],
    ['bullmq', /engine/],
    [{ use: { name: 'own' } }, /engine: this object is not a engine|coordinate must be a function/],
  ])('%j is refused with its place', async (engine, message) => {
    await expect(resolveConfig({ ...config, engine }, { env: {} })).rejects.toThrow(message);
  });

  test('stands in the schema for editors with what it takes', async () => {
    const schema = JSON.stringify(await editorSchema());
    expect(schema).toContain('"const":"bullmq"');
    expect(schema).toContain('"keepDays"');
  });
});

describe('createPipeline with an engine', () => {
  const own = {
    name: 'own',
    coordinate: () => Promise.reject(new Error('was asked')),
    work: () => Promise.resolve(),
    runs: () => Promise.resolve([]),
  };
  const withOwn = { ...config, engine: { use: own } };

  test.each([
    [{ record: 'folder' }, /can't keep every exchange: leave out --record/],
    [{ replay: 'folder' }, /can't answer from a recording: leave out --replay/],
    [{ resume: { kind: 'retry-failed', runId: 'a' } }, /can't ask again for what failed/],
  ] as const)('%j is refused before the engine is asked', async (options, message) => {
    await expect(createPipeline(withOwn, {}, options)).rejects.toThrow(message);
  });

  test('asks the engine to be the coordinator', async () => {
    await expect(createPipeline(withOwn)).rejects.toThrow('was asked');
  });
});
