import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configIssues } from '../../../core/config/issues.ts';
import { type ResolveOptions, resolveConfig } from '../../../core/config/resolve.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';
import type { SluiceError } from '../../../core/errors.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { builtinFiles, writeFiles } from './write-files.ts';

/** Resolves a config over the built-ins for tests. */
async function resolved(input: unknown, options: ResolveOptions = {}): Promise<ResolvedConfig> {
  const folder = await writeFiles(builtinFiles);
  const registry = createRegistry(pathToFileURL(`${folder}/plugins/`).href);
  return resolveConfig(input, { registry, baseDir: '/nowhere', env: {}, ...options });
}

/** What is wrong with a config, as `path: problem` and then the hints. */
async function problems(input: unknown, options: ResolveOptions = {}): Promise<readonly string[]> {
  const error: unknown = await resolved(input, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return configIssues(error).map(({ path, problem, hints }) => [`${path}: ${problem}`, ...hints].join(' | '));
}

const inline = {
  name: 'made-here',
  baseUrl: 'https://here.example',
  rateLimit: { requests: 1, perMs: 10 },
  pagination: { style: 'custom', needs: 'items', first: () => [], next: () => [] },
  normalizer: { normalize: (item: { readonly id: number }) => ({ id: item.id }) },
};
const model = {
  name: 'thing',
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } },
};

describe('resolveConfig', () => {
  it('fills in every default where an entry says nothing', async () => {
    const config = await resolved({ sources: ['beta'], sinks: ['log'] });
    expect(config.sources[0]).toMatchObject({
      name: 'beta',
      baseUrl: 'https://beta.example',
      rateLimits: [{ requests: 5, perMs: 1000 }],
      rateLimitMarginMs: 20,
      concurrency: 16,
      retry: { retries: 3, baseMs: 250, maxMs: 10_000 },
      timeouts: { connectMs: 5_000, headersMs: 10_000, bodyMs: 10_000, attemptMs: 30_000 },
      maxPages: 100_000,
      maxHeaderBytes: 16_384,
      maxBodyBytes: 16_777_216,
      headers: {},
    });
    expect(config.sources[0]?.breaker).toEqual({
      failures: 5,
      failureRate: 0.8,
      minimumResults: 20,
      windowMs: 30_000,
      cooldownMs: 5_000,
      probes: 3,
    });
    expect(config.sinks).toMatchObject([{ name: 'log', options: {}, timeoutMs: 30_000 }]);
    expect(config).toMatchObject({
      file: undefined,
      baseDir: '/nowhere',
      model: { name: 'product' },
      workers: { batchBytes: 524_288, maxInFlightBytes: 8_388_608, recordTimeoutMs: 5_000 },
      deadlineMs: undefined,
      onSourceFailure: 'continue',
      services: {},
      secrets: [],
      warnings: [],
    });
  });

  it('lets an entry override what the plugin says, header names in any case', async () => {
    const entry = {
      use: 'alpha',
      name: 'first',
      baseUrl: 'http://127.0.0.1:1/api',
      rateLimit: { requests: 10_000_000, perMs: 1 },
      retry: { retries: 0 },
      headers: { 'x-api-KEY': 'of-the-config' },
    };
    const { sources } = await resolved({ sources: [entry], sinks: ['log'] });
    expect(sources[0]).toMatchObject({
      name: 'first',
      baseUrl: 'http://127.0.0.1:1/api',
      rateLimits: [{ requests: 10_000_000, perMs: 1 }],
      retry: { retries: 0, baseMs: 250, maxMs: 10_000 },
      headers: { 'x-api-key': 'of-the-config', accept: 'a' },
    });
    expect(sources[0]?.plugin.name).toBe('alpha');
  });

  it('numbers sinks of one name', async () => {
    const { sinks } = await resolved({ sources: ['beta'], sinks: ['log', { use: 'log', name: 'log-2' }, 'log'] });
    expect(sinks.map(({ name }) => name)).toEqual(['log', 'log-2', 'log-3']);
  });

  it('hands a sink its options as its schema returned them', async () => {
    const { sinks } = await resolved({ sources: ['beta'], sinks: ['file', { use: 'file', path: 'x', timeoutMs: 5 }] });
    expect(sinks.map(({ options, timeoutMs }) => ({ options, timeoutMs }))).toEqual([
      { options: { path: 'out.txt' }, timeoutMs: 30_000 },
      { options: { path: 'x' }, timeoutMs: 5 },
    ]);
  });

  it('collects what came from the environment and secret headers, never plain URLs', async () => {
    const { secrets, sources } = await resolved(
      {
        sources: [
          'alpha',
          { use: 'beta', baseUrl: '${BASE}', headers: { Authorization: 'Bearer ${TOKEN}', Accept: 'b' } },
        ],
        sinks: ['log'],
      },
      { env: { BASE: 'https://beta.test', TOKEN: 't0ken' } },
    );
    expect(sources[1]).toMatchObject({ baseUrl: 'https://beta.test', headers: { authorization: 'Bearer t0ken' } });
    expect(secrets.toSorted()).toEqual(['Bearer t0ken', 'of-the-plugin', 't0ken']);
  });

  it('keeps runs beside a config file, elsewhere only where it is told to', async () => {
    const minimal = { sources: ['beta'], sinks: ['log'] };
    const file = '/nowhere/pipeline.config.json';
    const defaults = {
      keepRuns: 10,
      fsyncMs: 1000,
      maxDeadLetterBytes: 64 * 1024 * 1024,
      maxCacheBytes: 256 * 1024 * 1024,
    };
    expect((await resolved(minimal)).state).toBeUndefined();
    expect((await resolved(minimal, { file })).state).toEqual({ dir: '/nowhere/.pipeline', ...defaults });
    expect((await resolved({ ...minimal, state: false }, { file })).state).toBeUndefined();
    expect((await resolved({ ...minimal, state: { dir: '/var/runs', keepRuns: 3 } })).state).toEqual({
      ...defaults,
      dir: '/var/runs',
      keepRuns: 3,
    });
    await expect(resolved({ ...minimal, state: { keepRun: 3, fsyncMs: 'x' } })).rejects.toThrow(
      /state.fsyncMs: found "x"[^]*state.keepRun: there is no option "keepRun"[^]*did you mean "keepRuns"/,
    );
    await expect(resolved({ ...minimal, state: true })).rejects.toThrow(
      /state: found true\n +allowed: false, or an object/,
    );
  });

  it('tells all problems at once, each with what was found, what is allowed and what was meant', async () => {
    const error = await resolved(
      {
        sources: [
          'alpa',
          { use: 'beta', rateLimit: { requests: 0, perMs: 1000 }, retries: 3 },
          { use: 'alpha', headers: { authorization: '${TOKEN}' }, baseUrl: 'ftp://alpha' },
        ],
        sinks: [{ use: 'log', path: 'x' }],
        deadlineMs: '60s',
        worker: {},
      },
      { file: '/nowhere/pipeline.config.json' },
    ).catch((thrown: unknown) => thrown as SluiceError);
    expect(error).toMatchObject({ code: 'config_invalid' });
    expect((error as SluiceError).message).toBe(`8 problems in /nowhere/pipeline.config.json

  deadlineMs: found "60s"
      allowed: a whole number from 1 to 2147483647 (milliseconds after which the run ends as partial; default: never)

  sinks[0].path: the sink "log" has no option "path"
      it takes no options of its own, only name, timeoutMs, sources and filter

  sources[0]: there is no source "alpa"
      did you mean "alpha"?
      allowed: alpha, beta, a path such as "./my-source.ts", an npm package installed for /nowhere

  sources[1].rateLimit.requests: found 0
      allowed: a whole number from 1 to 10000000 (requests that may arrive in any window)

  sources[1].retries: there is no option "retries"
      allowed: use, name, options, baseUrl, rateLimit, limitGroup, rateLimitMarginMs, concurrency, retry, timeouts, breaker, maxPages, maxHeaderBytes, maxBodyBytes, conditional, headers, auth, middleware

  sources[2].baseUrl: must be an http or https URL without query or fragment, found "ftp://alpha"

  sources[2].headers.authorization: the environment variable TOKEN is not set
      set TOKEN, or write $\${TOKEN} for the text itself

  worker: there is no option "worker"
      did you mean "workers"?
      allowed: sources, sinks, model, engine, quality, categories, workers, history, deadlineMs, onSourceFailure, state, middleware, services, $schema`);
  });

  it.each<[string, unknown, string]>([
    ['no sources', { sinks: ['log'] }, 'sources: is missing | allowed: a list of at least 1 (where records come from)'],
    [
      'an empty list',
      { sources: ['beta'], sinks: [] },
      'sinks: found an empty list | allowed: a list of at least 1 (where records go)',
    ],
    [
      'a list that is text',
      { sources: ['beta'], sinks: 'log' },
      'sinks: found "log" | allowed: a list of at least 1 (where records go)',
    ],
    [
      'an entry that says not what it uses',
      { sources: [{ name: 'x' }], sinks: ['log'] },
      'sources[0].use: is missing | allowed: text that is not empty, or a plugin object (name of a built-in plugin, a path relative to the config, or an npm package)',
    ],
    [
      'an entry of another kind',
      { sources: [5], sinks: ['log'] },
      'sources[0]: found 5 | allowed: text that is not empty, or a plugin object, or an object with use',
    ],
    [
      'a list in the place of a plugin',
      { sources: [{ use: ['beta'] }], sinks: ['log'] },
      'sources[0].use: found a list | allowed: text that is not empty, or a plugin object (name of a built-in plugin, a path relative to the config, or an npm package)',
    ],
    [
      'an enumeration',
      { sources: ['beta'], sinks: ['log'], onSourceFailure: 'stop' },
      'onSourceFailure: found "stop" | allowed: "continue" or "abort" (whether the other sources go on when one has failed)',
    ],
    [
      'a share out of bounds',
      { sources: [{ use: 'beta', breaker: { failureRate: 0 } }], sinks: ['log'] },
      'sources[0].breaker.failureRate: found 0 | allowed: a number above 0 to 1 (share of failures in the window that opens it)',
    ],
    [
      'a name that ids can not have',
      { sources: [{ use: 'beta', name: 'A b' }], sinks: ['log'] },
      'sources[0].name: found "A b" | allowed: text (lower-case letters, digits, "-" and "_", beginning with a letter or digit)',
    ],
    [
      'a header that can not be sent',
      { sources: [{ use: 'beta', headers: { 'a b': '', c: 'd\ne' } }], sinks: ['log'] },
      'sources[0].headers["a b"]: is no name that a header can have',
    ],
    [
      'a model that is not known',
      { sources: ['beta'], sinks: ['log'], model: 'prodct' },
      'model: there is no model "prodct" | did you mean "product"? | allowed: product, a path such as "./my-model.ts", an npm package installed for /nowhere',
    ],
    [
      'a path that leads nowhere',
      { sources: ['./nope.ts'], sinks: ['log'] },
      'sources[0]: there is no source at /nowhere/nope.ts',
    ],
    [
      'two sources of one name',
      { sources: ['beta', 'beta'], sinks: ['log'] },
      'sources[1]: another source is called "beta" already | give one of them a name of its own, such as name: "beta-2"',
    ],
    [
      'options that a Standard Schema refuses',
      { sources: ['beta'], sinks: [{ use: 'file', path: 5 }] },
      'sinks[0].path: must be text',
    ],
    [
      'an object that is no source',
      { sources: [{ ...inline, pagination: undefined }], sinks: ['log'], workers: { threads: 0 } },
      'sources[0]: this object is not a source | pagination is missing: use one of the pagers, or give { first, next }',
    ],
    [
      'a service of the wrong kind',
      { sources: ['beta'], sinks: ['log'], services: { transport: 'undici' } },
      'services.transport: must be a function, found "undici"',
    ],
    [
      'middleware that is none',
      { sources: ['beta'], sinks: ['log'], middleware: [() => {}] },
      'middleware[0]: must be made by defineMiddleware({ name, place, wrap }), with a place of "run", "attempt" or "hop", found a function',
    ],
  ])('explains %s', async (_title, input, expected) => {
    expect(await problems(input)).toContain(expected);
  });

  it('explains the options of a sink whose schema is made with zod as it explains its own', async () => {
    const sinks = [{ use: 'json-file', pth: 'x', path: 5 }];
    const error: unknown = await resolveConfig({ sources: ['dummyjson'], sinks }).catch((thrown: unknown) => thrown);
    expect(configIssues(error)).toMatchObject([
      { path: 'sinks[0].path', problem: 'found 5' },
      { path: 'sinks[0].pth', problem: 'there is no option "pth"', hints: ['did you mean "path"?', 'allowed: path'] },
    ]);
  });

  it.each([
    [() => ({}), 'a function', 'export what the function returns'],
    [undefined, 'nothing', '{ "sources": […], "sinks": […] }'],
    [['beta'], 'a list', '{ "sources": […], "sinks": […] }'],
  ])('refuses a config that is no object', async (input, found, hint) => {
    expect(await problems(input)).toEqual([`: a config is an object, found ${found} | ${hint}`]);
  });

  it('shows no secret in a message, not even one that is cut short', async () => {
    const token = 'x'.repeat(200);
    const told = await problems(
      { sources: [{ use: 'beta', baseUrl: 'ftp://${TOKEN}', name: '${TOKEN}!' }], sinks: ['log'] },
      { env: { TOKEN: token } },
    );
    expect(told).toHaveLength(2);
    expect(told.join('\n')).not.toContain('xxx');
    expect(told.join('\n')).toContain('***');
  });

  it('does not blame a text again for the variable that it lacks', async () => {
    const told = await problems({ sources: [{ use: '${WHICH}', baseUrl: '${BASE}' }], sinks: ['log'] });
    expect(told.map((line) => line.split(' | ')[0])).toEqual([
      'sources[0].baseUrl: the environment variable BASE is not set',
      'sources[0].use: the environment variable WHICH is not set',
    ]);
  });
});

describe('plugin objects in a config', () => {
  const sinks = ['log'];

  it('takes them as entries, in entries, and as the model, on the main thread', async () => {
    const sink = { name: 'mine', open: () => undefined };
    const config = await resolved({
      sources: [inline, { use: inline, name: 'again' }],
      sinks: [sink],
      model,
      workers: { threads: 0 },
    });
    expect(config.sources.map(({ name }) => name)).toEqual(['made-here', 'again']);
    expect(config.sources[1]?.plugin).toBe(inline);
    expect(config.sources[1]?.locator).toEqual({ kind: 'inline' });
    expect(config.sinks[0]?.plugin).toBe(sink);
    expect(config.model).toBe(model);
    expect(config.modelLocator).toEqual({ kind: 'inline' });
  });

  it('refuses those that worker threads could not find', async () => {
    const hint = 'move it into a file of its own and name that by its path, or set workers.threads to 0';
    const problem = 'this object exists in the main thread only, and worker threads need it';
    expect(await problems({ sources: ['beta', inline], sinks, model, workers: { threads: 1 } })).toEqual([
      `model: ${problem} | ${hint}`,
      `sources[1]: ${problem} | ${hint}`,
    ]);
  });

  it('locates one by the module that its normalizer names', async () => {
    const url = 'file:///somewhere/source.ts';
    const source = { ...inline, normalizer: { ...inline.normalizer, module: url } };
    const config = await resolved({ sources: [source], sinks, workers: { threads: 1 } });
    expect(config.sources[0]?.locator).toEqual({ kind: 'module', url });
  });

  it('locates one in a config file by that file and the name that is written there', async () => {
    const input = { sources: [{ use: inline, name: '${NAME}' }], sinks, model, workers: { threads: 1 } };
    const config = await resolved(input, { file: '/nowhere/pipeline.config.ts', env: { NAME: 'given' } });
    expect(config.sources[0]).toMatchObject({
      name: 'given',
      locator: { kind: 'config', file: '/nowhere/pipeline.config.ts', name: '${NAME}' },
    });
    expect(config.modelLocator).toEqual({ kind: 'config', file: '/nowhere/pipeline.config.ts', name: 'thing' });
  });
});

describe('what a command line changes', () => {
  const config = { sources: ['alpha', { use: 'beta', name: 'second' }], sinks: ['file', { use: 'file', path: 'b' }] };
  const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name);

  it('keeps the sources that are named', async () => {
    expect(names((await resolved(config, { overrides: { sources: ['second'] } })).sources)).toEqual(['second']);
    expect(names((await resolved(config, { overrides: { sources: [] } })).sources)).toEqual(['alpha', 'second']);
  });

  it('keeps the sinks that are named, and adds a built-in with its default options', async () => {
    const { sinks } = await resolved(config, { overrides: { sinks: ['file-2', 'log'] } });
    expect(sinks.map(({ name, options }) => [name, options])).toEqual([
      ['file-2', { path: 'b' }],
      ['log', {}],
    ]);
    expect(names((await resolved(config, { overrides: { sinks: ['file'] } })).sinks)).toEqual(['file', 'file-2']);
    const none = await resolved({ sources: ['beta'] }, { overrides: { sinks: ['log'] } });
    expect(names(none.sinks)).toEqual(['log']);
  });

  it('refuses names that nothing has, with the nearest', async () => {
    expect(await problems(config, { overrides: { sources: ['secnd'], sinks: ['lgo'], deadlineMs: 0 } })).toEqual([
      '--sink: there is no sink "lgo" | allowed: file, file-2, log',
      '--source: there is no source "secnd" | did you mean "second"? | allowed: alpha, second',
      'deadlineMs: found 0 | allowed: a whole number from 1 to 2147483647 (milliseconds after which the run ends as partial; default: never)',
    ]);
  });

  it('sets the deadline', async () => {
    const overridden = await resolved({ ...config, deadlineMs: 5 }, { overrides: { deadlineMs: 60_000 } });
    expect(overridden.deadlineMs).toBe(60_000);
  });
});
