import { describe, expect, it } from 'vitest';
import { pluginProblems } from '../../../core/registry/validate-plugin.ts';

const pagination = { style: 'custom', needs: 'body', first: () => [], next: () => [] };
const source = {
  name: 'shop_1-x',
  baseUrl: 'https://shop.example/api',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination,
  normalizer: { normalize: () => ({ id: 1 }) },
};
const child = { name: 'reviews', parent: () => ({}), pagination: () => pagination, normalizer: source.normalizer };
const schema = { '~standard': { version: 1, vendor: 'x', validate: () => ({ value: {} }) } };

describe('pluginProblems', () => {
  it('finds nothing wrong with good plugins, with and without what is optional', () => {
    const full = { ...source, children: [child], items: () => [], headers: { a: 'b' }, mock: async () => ({}) };
    expect([source, full].map((value) => pluginProblems('source', value))).toEqual([[], []]);
    const sinks = [
      { name: 'x', open: () => {} },
      { name: 'x', open: () => {}, options: schema },
    ];
    expect(sinks.map((value) => pluginProblems('sink', value))).toEqual([[], []]);
    const models = [
      { name: 'x', schema },
      { name: 'x', schema: Object.assign(() => {}, schema), fields: ['a'] },
    ];
    expect(models.map((value) => pluginProblems('model', value))).toEqual([[], []]);
  });

  it('takes first and next alone for a pagination', () => {
    const { first, next } = pagination;
    expect(pluginProblems('source', { ...source, pagination: { first, next } })).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ['a missing name', { name: undefined }, /^name is missing: it must be lower-case/],
    ['a name in capitals', { name: 'Shop' }, /^name is "Shop": it must be lower-case/],
    ['a name with a path in it', { name: '../x' }, /^name is "\.\.\/x"/],
    ['a base URL with a query', { baseUrl: 'https://x.example/?a=1' }, /^baseUrl must be an http or https URL/],
    ['a base URL of another protocol', { baseUrl: 'file:///etc' }, /^baseUrl must be/],
    ['no rate limit', { rateLimit: undefined }, /^rateLimit must be \{ requests, perMs \}/],
    ['a rate limit of nothing', { rateLimit: { requests: 0, perMs: 1 } }, /^rateLimit must be/],
    ['no pagination', { pagination: undefined }, /^pagination is missing/],
    [
      'half a pagination',
      { pagination: { ...pagination, next: undefined } },
      /^pagination must have the functions first and next/,
    ],
    [
      'a pagination that needs something else',
      { pagination: { ...pagination, needs: 'x' } },
      /^pagination\.needs must be "headers"/,
    ],
    [
      'a pagination that asks ahead for less than nothing',
      { pagination: { ...pagination, lookahead: -1 } },
      /^pagination\.lookahead must be a whole number/,
    ],
    ['no normalizer', { normalizer: {} }, /^normalizer must be a function, made by defineNormalizer/],
    ['a chain with something else in it', { normalizer: [() => ({}), { steps: ['x'] }] }, /^normalizer must be a/],
    ['an empty list of steps', { normalizer: [] }, /^normalizer must be .+ that is not empty$/],
    ['items that are no function', { items: 'products' }, /^items must be a function/],
    ['headers that are no texts', { headers: { a: 1 } }, /^headers must be an object of texts/],
    ['children that are no list', { children: {} }, /^children must be a list of what defineChild/],
    [
      'a child that is nothing',
      { children: [undefined] },
      /^children\[0\] must be made by defineChild.+, not nothing$/,
    ],
    [
      'a child without a pager',
      { children: [{ ...child, pagination: {} }] },
      /^children\[0\]\.pagination must be a function/,
    ],
    [
      'a child without parents',
      { children: [{ ...child, parent: 'id' }] },
      /^children\[0\]\.parent must be a function/,
    ],
    [
      'a child without a normalizer',
      { children: [{ ...child, normalizer: {} }] },
      /^children\[0\]\.normalizer must be a/,
    ],
    [
      'a child with a limit of nothing',
      { children: [{ ...child, rateLimit: [] }] },
      /^children\[0\]\.rateLimit must be/,
    ],
    ['a child with a name in capitals', { children: [{ ...child, name: 'A' }] }, /^children\[0\]\.name must be lower/],
    ['two children of one name', { children: [child, child] }, /^children\[1\]\.name is "reviews", as that of another/],
    ['a mock that is no function', { mock: {} }, /^mock must be a function/],
  ])('tells %s of a source', (_title, change, problem) => {
    const problems = pluginProblems('source', { ...source, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it.each([
    ['sink', { name: 'x' }, 'open must be a function that returns the open sink'],
    [
      'sink',
      { name: 'x', open: () => {}, options: {} },
      'options must be a schema that implements Standard Schema (zod, valibot, arktype, …)',
    ],
    ['model', { name: 'x', schema: {} }, 'schema must implement Standard Schema (zod, valibot, arktype, …)'],
    ['model', { name: 'x', schema, fields: 'a' }, 'fields must be a list of field names'],
    [
      'model',
      { name: 'x', schema, metrics: { value: 1 } },
      'metrics must be an object that names the fields value and group',
    ],
    ['model', [], 'a model is an object made by defineModel({ … }), not a list'],
    ['sink', null, 'a sink is an object made by defineSink({ … }), not null'],
    ['source', () => {}, 'a source is an object made by defineSource({ … }), not a function'],
  ] as const)('tells what is wrong with a %s', (kind, value, problem) => {
    expect(pluginProblems(kind, value)).toEqual([problem]);
  });
});
