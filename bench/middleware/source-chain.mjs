import { statSync } from 'node:fs';
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
  const [{ createSourceClient }, { createSourceLimits }, { openSendMemory }, { systemClock: clock }] =
    await Promise.all(
      ['core/http/client.js', 'core/http/source-limits.js', 'core/state/send-memory.js', 'core/system-clock.js'].map(
        loadBuilt,
      ),
    );
  const { rateLimits: limits, rateLimitMarginMs: marginMs } = source;
  const file = folder && join(folder, 'sends');
  const memory = file && openSendMemory({ file, limits, marginMs, clock, onFailure });
  const client = createSourceClient({
    source,
    transportFactory: () => ({ handle: instant, close: async () => undefined }),
    clock,
    random: Math.random,
    emit: () => undefined,
    limits: createSourceLimits({ source, clock, memory }),
  });
  return {
    call: () => client.handle(request),
    async close() {
      await client.close();
      // Else it would be the chain alone that was measured.
      if (file !== undefined && statSync(file).size === 0) throw new Error('no send was kept');
    },
  };
}

function onFailure(error) {
  throw error;
}
