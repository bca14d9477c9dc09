/** Tests that are under way: what calls `fetch` may belong to any of them. */
const listeners = new Set<(target: string) => void>();
let original: typeof fetch | undefined;

/**
 * Calls `onRequest` for every use of the global `fetch` while `work` goes on, and refuses it: such a request goes past the
 * run's client, and so past its rate limit, its retries and its timeouts.
 */
export async function withoutOwnRequests<T>(onRequest: (target: string) => void, work: () => Promise<T>): Promise<T> {
  if (listeners.size === 0) {
    original = globalThis.fetch;
    globalThis.fetch = refuse;
  }
  listeners.add(onRequest);
  try {
    return await work();
  } finally {
    listeners.delete(onRequest);
    if (listeners.size === 0 && original !== undefined) globalThis.fetch = original;
  }
}

async function refuse(input: string | URL | Request): Promise<Response> {
  const target = typeof input === 'object' && 'url' in input ? input.url : String(input);
  for (const listener of listeners) listener(target);
  throw new Error(`${target} is not fetched while a plugin is tested`);
}
