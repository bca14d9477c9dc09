import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { editorSchema } from '../../../core/config/editor-schema.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node | true>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly allOf?: readonly { readonly then: Node }[];
}

const schema = (await editorSchema()) as Node;
const validate = new Ajv2020({ strict: true, allErrors: true, strictTypes: false, strictRequired: false }).compile(
  schema,
);

function problems(config: unknown): readonly string[] {
  validate(config);
  return (validate.errors ?? []).map(({ instancePath, message, params }: ErrorObject) =>
    `${instancePath} ${message} ${JSON.stringify(params)}`.trim(),
  );
}

/** Every setting with its path, the options of built-in sinks too. */
function settings(node: Node, path = ''): readonly (readonly [path: string, node: Node])[] {
  // `true` in a condition: what is described elsewhere may stand there too.
  const own = Object.entries(node.properties ?? {}).filter((entry): entry is [string, Node] => entry[1] !== true);
  const inner = [node.items, ...(node.anyOf ?? []), ...(node.allOf ?? []).map(({ then }) => then)];
  return [
    ...own.flatMap(([key, value]) => [[`${path}${key}`, value] as const, ...settings(value, `${path}${key}.`)]),
    ...inner.flatMap((value) => (value === undefined ? [] : settings(value, path))),
  ];
}

const good: readonly (readonly [what: string, config: object])[] = [
  ['the least there can be', { sources: ['dummyjson'], sinks: ['stdout'] }],
  ['a file that names its schema', { $schema: './pipeline.schema.json', sources: ['dummyjson'], sinks: ['stdout'] }],
  [
    'plugins of others, with options of theirs',
    { sources: [{ use: './a.ts', options: { region: 'eu', deep: [1] } }, 'shop'], sinks: [{ use: './b.ts', any: 1 }] },
  ],
  [
    'options of built-in sinks',
    {
      sources: ['dummyjson'],
      sinks: [
        { use: 'json-file', path: 'a.json', timeoutMs: 1 },
        { use: 'stdout', name: 'out' },
      ],
    },
  ],
  [
    'references to the environment',
    {
      sources: [{ use: '${A}', name: '${A}', baseUrl: '${A}', headers: { authorization: 'Bearer ${file:b}' } }],
      sinks: ['${A}'],
      onSourceFailure: '${A}',
      model: '${A}',
    },
  ],
  [
    'everything',
    {
      sources: [
        {
          use: 'dummyjson',
          name: 'a',
          baseUrl: 'https://x.example',
          rateLimit: { requests: 1, perMs: 1 },
          concurrency: 1,
          retry: { retries: 0 },
          timeouts: { connectMs: 1 },
          breaker: { failureRate: 0.5 },
          maxPages: 1,
        },
      ],
      sinks: [{ use: 'ndjson' }],
      model: 'product',
      workers: { threads: 0, batchBytes: 1024 },
      deadlineMs: 1,
      onSourceFailure: 'abort',
      state: { dir: '.x', keepRuns: 1 },
    },
  ],
  ['no state', { sources: ['dummyjson'], sinks: ['stdout'], state: false }],
];

const bad: readonly (readonly [what: string, config: object, problem: RegExp])[] = [
  ['no sinks', { sources: ['dummyjson'] }, /required property 'sinks'/],
  ['an empty list', { sources: [], sinks: ['stdout'] }, /^\/sources must NOT have fewer than 1/],
  [
    'a setting that there is not',
    { sources: ['dummyjson'], sinks: ['stdout'], deadline: 5 },
    /"additionalProperty":"deadline"/,
  ],
  [
    'a number out of bounds',
    { sources: [{ use: 'dummyjson', concurrency: 0 }], sinks: ['stdout'] },
    /\/concurrency must be >= 1/,
  ],
  [
    'a number as text',
    { sources: ['dummyjson'], sinks: ['stdout'], deadlineMs: '60s' },
    /\/deadlineMs must be integer/,
  ],
  [
    'a name with capitals',
    { sources: [{ use: 'dummyjson', name: 'Mine' }], sinks: ['stdout'] },
    /\/name must match pattern/,
  ],
  ['an entry without a plugin', { sources: [{ name: 'a' }], sinks: ['stdout'] }, /required property 'use'/],
  [
    'an option that a built-in sink does not have',
    { sources: ['dummyjson'], sinks: [{ use: 'json-file', pathh: 'a' }] },
    /\/sinks\/0 .*"additionalProperty":"pathh"/,
  ],
  [
    'an option of another type',
    { sources: ['dummyjson'], sinks: [{ use: 'ndjson', path: 5 }] },
    /\/sinks\/0\/path must be string/,
  ],
  [
    'an option for a sink without any',
    { sources: ['dummyjson'], sinks: [{ use: 'stdout', path: 'a' }] },
    /"additionalProperty":"path"/,
  ],
  [
    'what only code can hold',
    { sources: ['dummyjson'], sinks: ['stdout'], services: {} },
    /"additionalProperty":"services"/,
  ],
  [
    'another choice',
    { sources: ['dummyjson'], sinks: ['stdout'], onSourceFailure: 'stop' },
    /\/onSourceFailure must be equal to one of/,
  ],
];

describe('editorSchema', () => {
  it('is of draft 2020-12, and is called something', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: expect.any(String),
    });
  });

  it.each(good)('takes a config with %s', (_what, config) => expect(problems(config)).toEqual([]));

  it.each(bad)('refuses a config with %s', (_what, config, problem) => {
    expect(problems(config)).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
  });

  // A program may give services; a file can't.
  it.each(bad.filter(([, config]) => !('services' in config)))(
    'is no stricter than a run: %s',
    async (_what, config) => {
      await expect(resolveConfig(config)).rejects.toMatchObject({ code: 'config_invalid' });
    },
  );

  it('describes every setting, those of built-in sinks too', () => {
    const all = settings(schema);
    expect(all.map(([path]) => path)).toEqual(expect.arrayContaining(['sinks.path', 'sources.retry.baseMs']));
    expect(all.length).toBeGreaterThan(45);
    expect(all.filter(([, node]) => node.description === undefined).map(([path]) => path)).toEqual([]);
  });

  it('says the default of each setting that has one, with its unit, and none that depends on the machine', () => {
    const defaults = new Map(
      settings(schema).flatMap(([path, node]) => ('default' in node ? [[path, node.default]] : [])),
    );
    expect(Object.fromEntries(defaults)).toMatchObject({
      'sources.retry.baseMs': 250,
      'sinks.timeoutMs': 30_000,
      'workers.recordTimeoutMs': 5_000,
      'state.dir': '.pipeline',
      model: 'product',
      onSourceFailure: 'continue',
    });
    expect(defaults.has('workers.threads')).toBe(false);
    // Off is the default of a config that is no file.
    expect(defaults.has('state')).toBe(false);
    const units = settings(schema).filter(([path]) => /(?:Ms|Bytes)$/.test(path));
    expect(units.length).toBeGreaterThan(12);
    for (const [path, { description }] of units)
      expect(description, path).toMatch(/milliseconds|bytes|to a |from sent|between|whole attempt|upper bound/);
  });

  it('names the built-in plugins, so that an editor can offer them', () => {
    const text = JSON.stringify(schema);
    for (const name of ['dummyjson', 'json-file', 'product']) expect(text).toContain(`"${name}"`);
  });
});
