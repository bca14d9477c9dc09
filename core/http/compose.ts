import type { Middleware } from '../contracts/http.ts';

/** Makes one middleware of many: the first listed is the outermost, so it sees the request first and the response last. */
export function compose(middlewares: readonly Middleware[]): Middleware {
  return (next) => middlewares.reduceRight((inner, middleware) => middleware(inner), next);
}
