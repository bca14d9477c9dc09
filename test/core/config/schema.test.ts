import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type {
  BreakerOptions,
  PipelineConfig,
  RetryOptions,
  SourceEntry,
  TimeoutOptions,
  WorkerOptions,
} from '../../../core/config/define-config.ts';
import { configJsonSchema, configSchema, type ParsedSource } from '../../../core/config/schema.ts';
import type { Services } from '../../../core/contracts/services.ts';

type Node = z.core.JSONSchema.BaseSchema;

/** Every option of a schema with its path, those in lists and alternatives too. */
function optionsOf(node: Node, path = ''): readonly (readonly [string, Node])[] {
  const within = [node.items, ...(node.anyOf ?? [])].filter((inner) => typeof inner === 'object') as readonly Node[];
  const options = Object.entries(node.properties ?? {}) as [string, Node][];
  return [
    ...options.map(([key, inner]) => [`${path}${key}`, inner] as const),
    ...options.flatMap(([key, inner]) => optionsOf(inner, `${path}${key}.`)),
    ...within.flatMap((inner) => optionsOf(inner, path)),
  ];
}

describe('configSchema', () => {
  it('has the options that the author sees, no more and no fewer', () => {
    type Parsed = z.output<typeof configSchema>;
    expectTypeOf<keyof PipelineConfig>().toEqualTypeOf<keyof Parsed>();
    expectTypeOf<keyof SourceEntry>().toEqualTypeOf<keyof ParsedSource>();
    expectTypeOf<keyof RetryOptions>().toEqualTypeOf<keyof ParsedSource['retry']>();
    expectTypeOf<keyof TimeoutOptions>().toEqualTypeOf<keyof ParsedSource['timeouts']>();
    expectTypeOf<keyof BreakerOptions>().toEqualTypeOf<keyof ParsedSource['breaker']>();
    expectTypeOf<keyof WorkerOptions>().toEqualTypeOf<keyof Parsed['workers']>();
    expectTypeOf<keyof Services>().toEqualTypeOf<keyof Parsed['services']>();
  });

  it('describes every option, and bounds every number', () => {
    const options = optionsOf(configJsonSchema()).filter(([path]) => !path.startsWith('services.'));
    expect(options.length).toBeGreaterThan(35);
    expect(options.filter(([, node]) => node.description === undefined).map(([path]) => path)).toEqual([]);
    const numbers = options.filter(([, { type }]) => type === 'integer' || type === 'number');
    // What a value of a record may be is for the rule alone to say.
    const free = new Set(['quality.min', 'quality.max']);
    const bounded = numbers.filter(([path]) => !free.has(path));
    const unbounded = bounded.filter(([, node]) => node.maximum === undefined || node.maximum > 2 ** 31);
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it('accepts every bound and refuses what lies beyond', () => {
    const bounded = optionsOf(configJsonSchema()).filter(([, { type }]) => type === 'integer');
    expect(bounded.length).toBeGreaterThan(20);
    for (const [path, { minimum = Number.NaN, maximum = Number.NaN }] of bounded) {
      for (const value of [minimum, maximum]) expect(accepts(path, value), `${path} = ${value}`).toBe(true);
      for (const value of [minimum - 1, maximum + 1, minimum + 0.5, `${minimum}`, null]) {
        expect(accepts(path, value), `${path} = ${value}`).toBe(false);
      }
    }
  });

  it('lets nothing stand in JSON that only code can hold', () => {
    const json = JSON.stringify(configJsonSchema());
    expect(JSON.parse(json)).toMatchObject({
      additionalProperties: false,
      required: ['sources', 'sinks'],
      properties: { services: { properties: { transport: { not: {} } } } },
    });
  });
});

/** Whether the schema takes a config in which the option at `path` has this value. */
function accepts(path: string, value: unknown): boolean {
  const [section = '', ...keys] = path.split('.');
  if (section === 'quality') {
    const [key = ''] = keys;
    const rule = { check: 'notNull', field: 'price', [key]: value };
    return configSchema.safeParse({ sources: ['a'], sinks: ['b'], quality: [rule] }).success;
  }
  const option = keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const inEntry = section === 'sources' || section === 'sinks';
  // A rate limit has no defaults: the other half of it must stand there.
  const half = { requests: 1, perMs: 1 };
  const entry = { use: 'x', ...(option as object) };
  const complete = 'rateLimit' in entry ? { ...entry, rateLimit: { ...half, ...(entry.rateLimit as object) } } : entry;
  const config = { sources: ['x'], sinks: ['x'], [section]: inEntry ? [complete] : option };
  return configSchema.safeParse(config).success;
}
