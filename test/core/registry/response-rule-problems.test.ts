import { describe, expect, it } from 'vitest';
import { defineNormalizer, defineSource, singlePage, type ResponseRule } from '../../../core/plugin.ts';
import { responseRuleProblems } from '../../../core/registry/response-rule-problems.ts';
import { pluginProblems } from '../../../core/registry/validate-plugin.ts';

describe('responseRuleProblems', () => {
  it('finds nothing wrong with rules as an author writes them, typed without a cast', () => {
    const source = defineSource({
      name: 'shop',
      baseUrl: 'https://shop.example',
      rateLimit: { requests: 1, perMs: 1 },
      pagination: singlePage({ path: '/items' }),
      normalizer: defineNormalizer({ normalize: (item: { id: number }) => item }),
      responseActions: [
        { status: 404, action: 'end-of-pages' },
        { status: [401, 999], action: 'fail', message: 'the key has expired' },
        { header: { name: 'X-Throttled' }, action: 'rate-limited' },
        { header: { name: 'x-cache', value: 'stale' }, action: 'retry' },
        { header: { name: 'x-cache', value: /^stale/i }, action: 'ignore' },
        { status: 200, body: (body) => body['status'] === 'error', action: 'retry' },
      ],
    });
    const { responseActions }: { responseActions: readonly ResponseRule[] } = source;
    expect(responseRuleProblems(responseActions)).toEqual([]);
    expect([undefined, []].map(responseRuleProblems)).toEqual([[], []]);
    expect(pluginProblems('source', source)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['something that is no list', { status: 404 }, 'responseActions must be a list of rules, not an object'],
    ['a rule that is no object', ['retry'], '[0] must be an object { status, header, body, action }, not a string'],
    [
      'a rule that matches all',
      [{ action: 'fail' }],
      '[0] would match every response: give it a status, a header or a body',
    ],
    [
      'a status as text',
      [{ status: '404', action: 'fail' }],
      '[0].status must be a whole number from 200 to 999, or a list of some',
    ],
    [
      'no status in the list',
      [{ status: [], action: 'fail' }],
      '[0].status must be a whole number from 200 to 999, or a list of some',
    ],
    [
      'a status that only comes before',
      [{ status: [404, 103], action: 'fail' }],
      '[0].status must be a whole number from 200 to 999, or a list of some',
    ],
    [
      'a header as text',
      [{ header: 'x', action: 'fail' }],
      '[0].header must be an object { name, value }, not a string',
    ],
    [
      'no name of a header',
      [{ header: { name: 'x y' }, action: 'fail' }],
      '[0].header.name must be a name that a header can have',
    ],
    [
      'a number of a header',
      [{ header: { name: 'x', value: 1 }, action: 'fail' }],
      '[0].header.value must be a text or a regular expression; left out, any value will do',
    ],
    [
      'a header key that is spelt wrong',
      [{ header: { name: 'x', vale: 'a' }, action: 'fail' }],
      '[0].header has no option "vale": there are name, value',
    ],
    [
      'a body that is no function',
      [{ body: 'error', action: 'fail' }],
      '[0].body must be a function of the parsed body',
    ],
    [
      'no action',
      [{ status: 404 }],
      '[0].action is missing: it must be "retry", "fail", "ignore", "rate-limited", "end-of-pages"',
    ],
    [
      'another action',
      [{ status: 404, action: 'stop' }],
      '[0].action is "stop": it must be "retry", "fail", "ignore", "rate-limited", "end-of-pages"',
    ],
    [
      'an inherited action',
      [{ status: 404, action: 'toString' }],
      '[0].action is "toString": it must be "retry", "fail", "ignore", "rate-limited", "end-of-pages"',
    ],
    [
      'an empty message',
      [{ status: 404, action: 'fail', message: ' ' }],
      '[0].message must be a text that is not empty',
    ],
    [
      'a key that is spelt wrong',
      [{ status: 404, headers: {}, action: 'fail' }],
      '[0] has no option "headers": there are status, header, body, action, message',
    ],
  ])('tells %s', (_title, rules, problem) => {
    const expected = problem.startsWith('[') ? `responseActions${problem}` : problem;
    expect(responseRuleProblems(rules)).toEqual([expected]);
    expect(pluginProblems('source', { ...good, responseActions: rules })).toEqual([expected]);
  });

  it('tells all that is wrong, each with the place of its rule', () => {
    const problems = responseRuleProblems([{ status: 404, action: 'ignore' }, { status: 1, action: 'x' }, null]);
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'responseActions[1].status',
      'responseActions[1].action',
      'responseActions[2]',
    ]);
  });
});

const good = {
  name: 'shop',
  baseUrl: 'https://shop.example',
  rateLimit: { requests: 1, perMs: 1 },
  pagination: { first: () => [], next: () => [] },
  normalizer: { normalize: () => ({ id: 1 }) },
};
