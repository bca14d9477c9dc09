import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { HttpResponse } from '../../../core/contracts/http.ts';
import type { ResponseRule } from '../../../core/contracts/response-rule.ts';
import { SluiceError } from '../../../core/errors.ts';
import { matchRule } from '../../../core/http/response-rules.ts';
import { httpResponse } from '../../support/http.ts';

const withBody = (body: string, change: Partial<HttpResponse> = {}): HttpResponse =>
  httpResponse({ body: new TextEncoder().encode(body), ...change });

/** Which of `rules` decides, by its place; -1 where none does. */
const place = (response: HttpResponse, ...rules: ResponseRule[]): number => {
  const matched = matchRule(rules, response);
  if (matched === undefined) return -1;
  expect(matched.name).toBe(`responseActions[${rules.indexOf(matched.rule)}]`);
  return rules.indexOf(matched.rule);
};

describe('a rule', () => {
  const action = 'fail';

  test.each<[string, Omit<ResponseRule, 'action'>, HttpResponse, boolean]>([
    ['of a status matches it', { status: 404 }, httpResponse({ status: 404 }), true],
    ['of a status matches no other', { status: 404 }, httpResponse(), false],
    ['of several matches each', { status: [404, 410] }, httpResponse({ status: 410 }), true],
    ['of a header matches any value', { header: { name: 'X-End' } }, httpResponse({ headers: { 'x-end': '' } }), true],
    ['of a header matches no response without', { header: { name: 'x-end' } }, httpResponse(), false],
    ['of an inherited name matches nothing', { header: { name: 'constructor' } }, httpResponse(), false],
    ['of a value matches it', { header: { name: 'x', value: 'yes' } }, httpResponse({ headers: { x: 'yes' } }), true],
    [
      'of a value matches the whole',
      { header: { name: 'x', value: 'ye' } },
      httpResponse({ headers: { x: 'yes' } }),
      false,
    ],
    [
      'of a pattern matches a part',
      { header: { name: 'x', value: /^y/ } },
      httpResponse({ headers: { x: 'yes' } }),
      true,
    ],
    ['of status and header needs both', { status: 200, header: { name: 'x' } }, httpResponse(), false],
    ['of a body matches an object', { body: (body) => body['error'] === true }, withBody('{"error":true}'), true],
    ['of a body matches a list', { body: (body) => body['length'] === 0 }, withBody('[]'), true],
    ['of a body asks the function', { body: (body) => body['error'] === true }, withBody('{"error":1}'), false],
    [
      'of a body reads keys of the body alone',
      { body: (body) => 'x' in body },
      withBody('{"__proto__":{"x":1}}'),
      false,
    ],
  ])('%s', (_title, conditions, response, expected) => {
    expect(place(response, { ...conditions, action })).toBe(expected ? 0 : -1);
  });

  test.each(['', 'null', '7', '"error"', '{"error":', '<html>', '\u{feff}'])('of a body passes over %j', (text) => {
    const body = vi.fn<(body: object) => boolean>(() => true);
    expect(place(withBody(text), { body, action })).toBe(-1);
    expect(body).not.toHaveBeenCalled();
  });

  test('of a body is not asked where status or header do not match', () => {
    const body = vi.fn<(body: object) => boolean>(() => true);
    const rules: ResponseRule[] = [
      { status: 500, body, action },
      { header: { name: 'x' }, body, action },
    ];
    expect(place(withBody('{}'), ...rules)).toBe(-1);
    expect(body).not.toHaveBeenCalled();
  });

  test('of a global or sticky pattern forgets the response before', () => {
    const value = /a/gy;
    const response = httpResponse({ headers: { x: 'a' } });
    expect([1, 2, 3].map(() => place(response, { header: { name: 'x', value }, action }))).toEqual([0, 0, 0]);
  });

  test.each<[string, () => unknown, string]>([
    ['throws', () => JSON.parse('{') as unknown, 'threw: '],
    ['gives no boolean', () => 'yes', 'gave something other than true or false'],
    ['gives a promise', async () => true, 'gave something other than true or false'],
  ])('whose predicate %s is named in the error', (_title, body, problem) => {
    const rules: ResponseRule[] = [
      { status: 500, action },
      { body: body as () => boolean, action },
    ];
    const match = (): unknown => matchRule(rules, withBody('{}', { url: 'http://shop.test/?api_key=k' }));
    expect(match).toThrow(SluiceError);
    expect(match).toThrow(`the body predicate of responseActions[1] ${problem}`);
    expect(match).toThrow(
      expect.objectContaining({
        code: 'plugin_invalid',
        retryable: false,
        status: 200,
        url: 'http://shop.test/?api_key=***',
      }),
    );
  });
});

test('a body is parsed once, however many rules look at it', () => {
  const seen: unknown[] = [];
  const body = (parsed: object): boolean => seen.push(parsed) > 2;
  expect(place(withBody('{"a":1}'), ...[1, 2, 3].map((): ResponseRule => ({ body, action: 'retry' })))).toBe(2);
  expect(new Set(seen).size).toBe(1);
});

test('the first rule that matches decides, whatever stands behind it', () => {
  const status = fc.constantFrom(200, 404, 500);
  const value = fc.constantFrom('a', 'b', undefined);
  const kind = fc.constantFrom('x', 'y', undefined);
  fc.assert(
    fc.property(
      fc.array(fc.record({ status: fc.option(status, { nil: undefined }), value, kind }), { maxLength: 8 }),
      fc.record({ status, value, kind }),
      (conditions, found) => {
        const rules = conditions.map((wanted): ResponseRule => ({
          ...(wanted.status === undefined ? {} : { status: wanted.status }),
          ...(wanted.value === undefined ? {} : { header: { name: 'X-Value', value: wanted.value } }),
          ...(wanted.kind === undefined ? {} : { body: (body) => body['kind'] === wanted.kind }),
          action: 'ignore',
        }));
        const response = withBody(JSON.stringify({ kind: found.kind }), {
          status: found.status,
          headers: found.value === undefined ? {} : { 'x-value': found.value },
        });
        const expected = conditions.findIndex(
          (wanted) =>
            (wanted.status ?? found.status) === found.status &&
            (wanted.value ?? found.value) === found.value &&
            (wanted.kind ?? found.kind) === found.kind,
        );
        expect(place(response, ...rules)).toBe(expected);
      },
    ),
  );
});
