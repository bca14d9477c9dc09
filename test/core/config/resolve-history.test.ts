import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configIssues } from '../../../core/config/issues.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';
import type { SinkPlugin } from '../../../core/contracts/sink.ts';
import type { PipelineConfig } from '../../../core/index.ts';
import { defineModel } from '../../../core/plugin.ts';
import { createRegistry, type Registry } from '../../../core/registry/registry.ts';
import history from '../../../plugins/sinks/history/index.ts';

const base = { sources: ['dummyjson'], sinks: ['ndjson'], workers: { threads: 0 }, state: {} };

const resolved = (change: Partial<PipelineConfig>, registry?: Registry) =>
  resolveConfig({ ...base, ...change }, { baseDir: '/data', env: {}, registry });

const issuesOf = async (change: Partial<PipelineConfig>, registry?: Registry) =>
  configIssues(await resolved(change, registry).catch((thrown: unknown) => thrown));

/** As where the package is not installed. */
const without: Registry = {
  ...createRegistry(),
  find: async (kind, use, dir) => {
    const found = await createRegistry().find(kind, use, dir);
    return use === 'history' ? { ...found, plugin: { ...found.plugin, requires: ['sluice-not-there'] } } : found;
  },
};

const flat = defineModel({
  name: 'flat',
  schema: z.object({ address: z.string(), rent: z.number().nullable(), district: z.string().nullable() }),
  fields: ['address', 'rent', 'district'],
});

describe('history', () => {
  it('is one sink more, in the state folder', async () => {
    const { sinks } = await resolved({ history: true, state: { dir: 'kept' } });
    expect(sinks.map(({ name }) => name)).toEqual(['ndjson', 'history']);
    expect(sinks[1]?.options).toEqual({ dir: 'kept', memoryLimit: '512MB' });
  });

  it('is there whatever sinks a command line names, under a name of its own', async () => {
    const config = { ...base, sinks: ['ndjson', { use: 'csv', name: 'history' }], history: true };
    const options = { baseDir: '/data', env: {}, overrides: { sinks: ['history', 'stdout'] } };
    const { sinks } = await resolveConfig(config, options);
    expect(sinks.map(({ name, plugin }) => `${name}: ${plugin.name}`)).toEqual([
      'history: csv',
      'stdout: stdout',
      'history-2: history',
    ]);
  });

  it.each([[undefined], [false]])('is off with %j', async (given) => {
    const { sinks, warnings } = await resolved(given === undefined ? {} : { history: given });
    expect([sinks.length, warnings]).toEqual([1, []]);
  });

  it('is nowhere to write to by itself', async () => {
    expect(await issuesOf({ sinks: [], history: true })).toMatchObject([{ path: 'sinks' }]);
  });

  it('needs a state folder', async () => {
    const problem = 'its place is the state folder, and the config says "state: false"';
    expect(await issuesOf({ state: false, history: true })).toMatchObject([{ path: 'history', problem }]);
    const { sinks, warnings } = await resolved({ state: false, history: 'auto' });
    expect([sinks.length, warnings]).toEqual([1, [`no history is kept: ${problem}`]]);
  });

  it('says before any work what to install, where it was asked for', async () => {
    expect(await issuesOf({ history: true }, without)).toEqual([
      {
        code: 'library_missing',
        path: 'history',
        problem: 'what it needs is not installed',
        hints: ['npm install sluice-not-there'],
      },
    ]);
  });

  it('is left out with one line, where it is on by default', async () => {
    const { sinks, warnings } = await resolved({ history: 'auto' }, without);
    expect(sinks.map(({ name }) => name)).toEqual(['ndjson']);
    expect(warnings).toEqual(['no history is kept: what it needs is not installed; npm install sluice-not-there']);
  });

  it('needs a field that is a number, and knows that of a model that measures one', async () => {
    const problem = 'the model "flat" does not say what its prices are: name the field as "value"';
    expect(await issuesOf({ model: flat, history: true })).toMatchObject([{ path: 'history', problem }]);
    expect(await issuesOf({ model: flat, history: { value: 'district' } })).toMatchObject([
      { problem: 'value: the field "district" of the model "flat" is text, not a number' },
    ]);
    expect(await issuesOf({ model: flat, history: { value: 'price', group: 'area' } })).toMatchObject([
      { problem: expect.stringMatching(/^value: the model "flat" has no field "price", only id, source, .*district/) },
      { problem: expect.stringContaining('group: the model "flat" has no field "area"') },
    ]);
    expect((await resolved({ model: flat, history: { value: 'rent' } })).sinks).toHaveLength(2);
    const measured = { ...flat, metrics: { value: 'rent', group: 'district' } };
    expect((await resolved({ model: measured, history: true })).sinks).toHaveLength(2);
  });

  it('tells of options that it does not have', async () => {
    const wrong = { path: 'history.db' } as object;
    expect(await issuesOf({ history: wrong })).toMatchObject([{ problem: expect.stringContaining('"path"') }]);
    expect(await issuesOf({ history: { memoryLimit: 'much' } })).toMatchObject([
      {
        path: 'history.memoryLimit',
        hints: [expect.stringMatching(/^allowed: a number with KB, MB, GB or TB, such as "512MB" \(/)],
      },
    ]);
  });

  it('is there once', async () => {
    const problem = 'it is among the sinks already';
    expect(await issuesOf({ sinks: [history], history: true })).toMatchObject([{ path: 'history', problem }]);
  });
});

it('a sink that lacks a package is told of before any request', async () => {
  const sink = { name: 'cloud', requires: ['sluice-not-there'], open: async () => Promise.reject(new Error('late')) };
  const registry: Registry = {
    ...createRegistry(),
    find: async (kind, use, dir) => {
      const found = await createRegistry().find(kind, use === 'cloud' ? 'ndjson' : use, dir);
      return use === 'cloud' ? { ...found, plugin: { ...found.plugin, ...sink } } : found;
    },
  };
  expect(await issuesOf({ sinks: ['cloud'] }, registry)).toMatchObject([
    { code: 'library_missing', path: 'sinks[0]', hints: ['npm install sluice-not-there'] },
  ]);
});

it.each(['postgres', 'parquet'])('%s says before any work what to install, and where it was asked for', async (use) => {
  const registry: Registry = {
    ...createRegistry(),
    find: async (kind, name, dir) => {
      const found = await createRegistry().find(kind, name, dir);
      if (name !== use) return found;
      // Those that it needs, none of which is installed.
      const { requires: needed = [] } = found.plugin as SinkPlugin;
      const requires = needed.map((one) => `sluice-not-there/${one}`);
      return { ...found, plugin: { ...found.plugin, requires } };
    },
  };
  const missing = { code: 'library_missing', problem: 'what it needs is not installed' };
  expect(await issuesOf({ sinks: ['ndjson', use] }, registry)).toMatchObject([{ ...missing, path: 'sinks[1]' }]);
  const added = resolveConfig(base, { baseDir: '/data', env: {}, registry, overrides: { sinks: [use] } });
  const error: unknown = await added.catch((thrown: unknown) => thrown);
  expect(configIssues(error)).toMatchObject([{ ...missing, path: `--sink ${use}` }]);
});
