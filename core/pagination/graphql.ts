import type { JsonObject, UnknownBody } from '../contracts/json.ts';
import type { Pager } from '../contracts/pager.ts';
import { SluiceError } from '../errors.ts';
import { isObject } from '../unknown.ts';
import { cursorPagination } from './cursor.ts';
import { demand } from './options.ts';
import type { BodyReader, CountSource } from './total.ts';

/** Options of `graphqlPagination`. */
export interface GraphqlOptions {
  /** Path of the endpoint, relative to the source's base URL. Default `/graphql`. */
  readonly path?: string;
  /** The GraphQL query. It takes limit and cursor as variables and asks for `pageInfo { hasNextPage endCursor }`. */
  readonly query: string;
  /** Variables beside those that the pager sets. Default: none. */
  readonly variables?: JsonObject;
  /** Finds the connection in the `data` of an answer: `(data) => data.products`. */
  readonly connection: BodyReader;
  /** Items a page, at least 1. */
  readonly limit: number;
  /** Variable that carries the limit. Default `first`. */
  readonly limitVariable?: string;
  /** Variable that carries the cursor. Default `after`. */
  readonly cursorVariable?: string;
  /** Where the whole body declares the number of all items. Default: nowhere. */
  readonly total?: CountSource;
}

/** Errors of an answer that are put into words. */
const mostErrors = 3;

/**
 * Walks a Relay connection by POST (GraphQL Cursor Connections Specification). `next` throws `response_refused` for an
 * answer with `errors`, whatever its status: what data stand beside them are not all that was asked for. It throws
 * `unexpected_shape` for one without that connection. Throws `plugin_invalid` for options that cannot work.
 */
export function graphqlPagination(options: GraphqlOptions): Pager {
  const { path = '/graphql', query, variables = {}, connection, limit, total } = options;
  const { limitVariable = 'first', cursorVariable = 'after' } = options;
  const isText = typeof query === 'string' && query.trim() !== '';
  demand(isText, 'graphqlPagination', 'query', 'a text that is not empty', query);
  demand(typeof connection === 'function', 'graphqlPagination', 'connection', 'a function of the data', connection);
  return cursorPagination({
    path,
    body: { query, variables },
    limit,
    limitParam: `variables.${limitVariable}`,
    cursorParam: `variables.${cursorVariable}`,
    ...(total !== undefined && { total }),
    cursor(body) {
      refuseErrors(body);
      const { pageInfo } = connection(body['data'] as UnknownBody) as { readonly pageInfo: UnknownBody };
      const { hasNextPage, endCursor } = pageInfo;
      if (hasNextPage === false) return undefined;
      // Without a cursor, or without a word on whether there is more, it would pass for the end.
      if (hasNextPage === true && typeof endCursor === 'string' && endCursor !== '') return endCursor;
      throw new TypeError('pageInfo holds no hasNextPage, or no endCursor');
    },
  });
}

function refuseErrors(body: UnknownBody): void {
  const { errors } = body;
  if (!Array.isArray(errors) || errors.length === 0) return;
  const messages = errors.slice(0, mostErrors).map((error) => {
    const message: unknown = isObject(error) ? error['message'] : undefined;
    return typeof message === 'string' ? message : 'an error without a message';
  });
  const more = errors.length > mostErrors ? `; and ${errors.length - mostErrors} more` : '';
  throw new SluiceError('response_refused', `the answer holds errors: ${messages.join('; ')}${more}`, {
    retryable: true,
  });
}
