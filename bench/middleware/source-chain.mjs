import { join } from 'node:path';
import { loadBuilt } from '../suite/dist.mjs';
import { unlimited } from '../suite/unlimited.mjs';
import { instant, request } from './instant.mjs';

/** A source with all defaults, and a rate limit that nothing waits for. */
export async function resolveSource() {
  const { resolveConfig } = await loadBuilt('core/config/resolve.js');
  const entry = { use: 'dummyjson', baseUrl: request.url.origin, rateLimit: unlimited };
  const { sources } = await resolveConfig({ sources: [entry], sinks: ['ndjson'] });
  return sources[0];
}

/**
 * The product's chain around the instant transport. With a `folder`, its sends are kept beyond the process, as those of
 * a run that can be taken up again are.
 */
export async function createSourceChain(source, folder) {
  const [{ createSourceClient }, { systemClock: clock }, { openSendMemory }] = await Promise.all(
    ['core/http/client.js', 'core/system-clock.js', 'core/state/send-memory.js'].map(loadBuilt),
  );
  const memory = () =>
    openSendMemory({
      file: join(folder, 'sends'),
      ...unlimited,
      marginMs: source.rateLimitMarginMs,
      clock,
      onFailure(error) {
        throw error;
      },
    });
  const client = createSourceClient({
    source,
    transportFactory: () => ({ handle: instant, close: async () => undefined }),
    clock,
    random: Math.random,
    emit: () => undefined,
    middleware: [],
    sendMemory: folder === undefined ? undefined : memory,
  });
  return { call: () => client.handle(request), close: () => client.close() };
}
