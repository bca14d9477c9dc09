import type { MockApi, MockRequest, MockResponse } from '../../../core/plugin.ts';
import { generateProducts } from './data.ts';

/** api.escuelajs.co as it answers for products: a bare list, its total nowhere, paging only if both parameters are given. */
const escuelajs: MockApi = {
  name: 'escuelajs',
  items: 200,
  path: '/api/v1/products',
  encodings: [],
  create() {
    const products = generateProducts();
    return (request) => ({ headers: { 'access-control-allow-origin': '*' }, ...answer(request, products) });
  },
};

export default escuelajs;

function answer(request: MockRequest, products: readonly { readonly id: number }[]): MockResponse {
  const { path, query, method, url, arrivedAt } = request;
  // Nest's own paths: with the query, without the host.
  const target = url.slice(new URL(url).origin.length);
  const [, id] = /^\/api\/v1\/products(?:\/([^/]+))?$/.exec(path) ?? [undefined, ''];
  if (id === '' || method !== 'GET') return refuse(404, 'Not Found', `Cannot ${method} ${target}`);
  if (id === undefined) return list(query, products);

  if (!/^-?\d+$/.test(id)) return refuse(400, 'Bad Request', 'Validation failed (numeric string is expected)');
  const product = products.find((each) => each.id === Number(id));
  return product ? { status: 200, body: product } : notFound(target, Number(id), arrivedAt);
}

function list(query: URLSearchParams, products: readonly object[]): MockResponse {
  const limit = optionalNumber(query, 'limit');
  const offset = optionalNumber(query, 'offset');
  const invalid = Object.entries({ limit, offset }).filter(
    ([, value]) => value !== undefined && !Number.isFinite(value),
  );
  if (invalid.length > 0) {
    return refuse(
      400,
      'Bad Request',
      invalid.map(([name]) => `${name} must be a number conforming to the specified constraints`),
    );
  }
  // A limit of 0, or one of the two missing, asks for everything.
  const paged = limit !== undefined && limit > 0 && offset !== undefined && offset >= 0;
  return { status: 200, body: paged ? products.slice(offset, offset + limit) : products };
}

function optionalNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text === null ? undefined : Number(text);
}

function refuse(statusCode: number, error: string, message: string | string[]): MockResponse {
  return { status: statusCode, body: { message, error, statusCode } };
}

/** TypeORM's error, which the API passes on with status 400. */
function notFound(path: string, id: number, now: number): MockResponse {
  const wanted = JSON.stringify({ relations: ['category'], where: { id } }, null, 4);
  const message = `Could not find any entity of type "Product" matching: ${wanted}`;
  return {
    status: 400,
    body: { path, timestamp: new Date(now).toISOString(), name: 'EntityNotFoundError', message },
  };
}
