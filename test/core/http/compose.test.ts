import { expect, test } from 'vitest';
import type { Handler, HttpRequest, Middleware } from '../../../core/contracts/http.ts';
import { compose } from '../../../core/http/compose.ts';
import { httpRequest, httpResponse } from './support.ts';

function tracing(name: string, trace: string[]): Middleware {
  return (next) =>
    async function traced(request) {
      trace.push(`> ${name}`);
      const response = await next(request);
      trace.push(`< ${name}`);
      return response;
    };
}

test('the first middleware sees the request first and the response last', async () => {
  const trace: string[] = [];
  const handler: Handler = async () => {
    trace.push('handler');
    return httpResponse();
  };
  await compose([tracing('a', trace), tracing('b', trace), tracing('c', trace)])(handler)(httpRequest());
  expect(trace).toEqual(['> a', '> b', '> c', 'handler', '< c', '< b', '< a']);
});

test('no middleware leaves the handler as it is', () => {
  const handler: Handler = async () => httpResponse();
  expect(compose([])(handler)).toBe(handler);
});

test('a composed middleware can be composed again', async () => {
  const trace: string[] = [];
  const seen: HttpRequest[] = [];
  const inner = compose([tracing('b', trace), tracing('c', trace)]);
  const request = httpRequest();
  await compose([tracing('a', trace), inner])(async (got) => {
    seen.push(got);
    return httpResponse();
  })(request);
  expect(trace.slice(0, 3)).toEqual(['> a', '> b', '> c']);
  expect(seen).toEqual([request]);
});
