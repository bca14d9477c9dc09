import type { MockApi, MockRequest, MockResponse } from '../../../core/plugin.ts';
import { generateProducts } from './data.ts';

const corsHeaders = { vary: 'Origin', 'access-control-allow-credentials': 'true' };
const maxRequests = 100;
const windowMs = 10_000;

/** dummyjson.com as it answers for products: total in the body, text for unknown routes, 100 requests per 10 s. */
const dummyjson: MockApi = {
  name: 'dummyjson',
  items: 194,
  path: '/products',
  encodings: ['gzip', 'deflate', 'br'],
  create({ rateLimit }) {
    const products = generateProducts();
    const count = rateLimit ? requestCounter() : () => ({ exceeded: false, headers: {} });
    return (request) => {
      const { exceeded, headers } = count(request.arrivedAt);
      const response = exceeded
        ? refuse(429, 'request limit exceeded, please wait a few seconds')
        : answer(request, products);
      return { ...response, headers: { ...corsHeaders, ...headers, ...response.headers } };
    };
  },
};

export default dummyjson;

/** express-rate-limit: a fixed window from its first request; Retry-After names the whole window, not what is left of it. */
function requestCounter(): (now: number) => { exceeded: boolean; headers: Record<string, string> } {
  let windowEnds = 0;
  let used = 0;
  return (now) => {
    if (now >= windowEnds) {
      windowEnds = now + windowMs;
      used = 0;
    }
    used += 1;
    const exceeded = used > maxRequests;
    const headers = {
      'x-ratelimit-limit': String(maxRequests),
      'x-ratelimit-remaining': String(Math.max(0, maxRequests - used)),
      'x-ratelimit-reset': String(Math.ceil(windowEnds / 1000)),
      ...(exceeded && { 'retry-after': String(windowMs / 1000) }),
    };
    return { exceeded, headers };
  };
}

function answer({ path, query, method }: MockRequest, products: readonly { readonly id: number }[]): MockResponse {
  const limit = Number(query.get('limit') ?? 30);
  const skip = Number(query.get('skip') ?? 0);
  const delayMs = Number(query.get('delay') ?? 0);
  if (!(limit >= 0)) return refuse(400, "Invalid 'limit' - should be a positive number");
  if (!(skip >= 0)) return refuse(400, "Invalid 'skip' - should be a positive number");
  if (!(delayMs >= 0)) return refuse(400, 'Delay should be a positive number in milliseconds');
  if (delayMs > 5000) return refuse(400, 'Delay should be less than 5 seconds (5000 milliseconds)');

  const [, id] = /^\/products(?:\/([^/]+))?$/.exec(path) ?? [undefined, ''];
  if (id === '' || method !== 'GET') return unknownRoute();
  if (id !== undefined) {
    const product = products.find((each) => String(each.id) === id);
    return product ? { status: 200, body: product, delayMs } : refuse(404, `Product with id '${id}' not found`);
  }
  const start = Math.trunc(skip);
  const size = Math.trunc(limit);
  // 0 asks for all; and what comes back as `limit` is what was found, not what was asked for.
  const found = products.slice(start, size === 0 ? undefined : start + size);
  return { status: 200, body: { products: found, total: products.length, skip: start, limit: found.length }, delayMs };
}

function refuse(status: number, message: string): MockResponse {
  return { status, body: { message } };
}

function unknownRoute(): MockResponse {
  const body =
    '<!DOCTYPE html>\n<html lang="en"><head><title>404</title></head><body><h1>Not found</h1></body></html>\n';
  return { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
