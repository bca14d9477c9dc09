import { describe, expect, it } from 'vitest';
import { graphqlPagination } from '../../../core/pagination/graphql.ts';
import { only, pageOf, walk } from './simulated-api.ts';

const query = 'query ($first: Int!, $after: String) { things(first: $first, after: $after) { nodes { id } } }';
const pager = graphqlPagination({ query, variables: { kind: 'a' }, limit: 10, connection: (data) => data.things });
const first = only(pager.first());
const answer = (pageInfo: unknown, more: object = {}) => ({ body: { data: { things: { pageInfo } }, ...more } });
const after = (pageInfo: unknown, more?: object) => pager.next(pageOf(first, answer(pageInfo, more)));

describe('graphqlPagination', () => {
  it('asks by POST, with limit and cursor among the variables', () => {
    expect(first).toMatchObject({ url: '/graphql', method: 'POST' });
    expect(JSON.parse(first.body ?? '')).toEqual({ query, variables: { kind: 'a', first: 10 } });
    const { keys } = walk(pager, (_, { body = '' }) => {
      const at = Number((JSON.parse(body) as { variables: { after?: string } }).variables.after ?? 0);
      return answer({ hasNextPage: at < 3, endCursor: String(at + 1) });
    });
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(4);
  });

  it('ends where there is no next page, whatever the cursor', () => {
    expect(after({ hasNextPage: false, endCursor: 'x' })).toEqual([]);
  });

  it.each([[{ hasNextPage: true, endCursor: null }], [{ hasNextPage: true, endCursor: '' }], [{}], [undefined]])(
    'does not take pageInfo %j for an end',
    (pageInfo) => {
      expect(() => after(pageInfo)).toThrow(expect.objectContaining({ code: 'unexpected_shape' }));
    },
  );

  it('refuses an answer with errors, data or not, and says which', () => {
    const errors = [{ message: 'no such field' }, { code: 1 }, { message: 'c' }, { message: 'd' }];
    const refusal = expect.objectContaining({
      code: 'response_refused',
      retryable: true,
      message: 'the answer holds errors: no such field; an error without a message; c; and 1 more',
    });
    expect(() => after({ hasNextPage: true, endCursor: 'x' }, { errors })).toThrow(refusal);
    expect(() => pager.next(pageOf(first, { body: { data: null, errors } }))).toThrow(refusal);
    expect(after({ hasNextPage: false }, { errors: [] })).toEqual([]);
  });

  it('takes other names for the variables, and a total', () => {
    const other = graphqlPagination({
      path: '/api',
      query,
      limit: 5,
      limitVariable: 'size',
      cursorVariable: 'page.cursor',
      connection: (data) => data.things,
      total: (body: { data: { things: { totalCount: number } } }) => body.data.things.totalCount,
    });
    expect(JSON.parse(only(other.first()).body ?? '')).toEqual({ query, variables: { size: 5 } });
    expect(other.totalInBody?.({ data: { things: { totalCount: 9 } } })).toBe(9);
  });

  it.each([
    [{ query: '' }, 'graphqlPagination: query must be a text'],
    [{ connection: 'things' as never }, 'graphqlPagination: connection must be a function of the data'],
    [{ limit: 0 }, 'limit must be'],
  ])('refuses %o where it is defined', (wrong, message) => {
    expect(() => graphqlPagination({ query, limit: 1, connection: (data) => data.things, ...wrong })).toThrow(message);
  });
});
