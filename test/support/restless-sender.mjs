/* oxlint-disable -- plain JavaScript, run as it stands in a process of its own: there are no types to check */
/**
 * A client in a process of its own, made to be killed: asks `origin` for page after page, as fast as its limit allows,
 * and keeps its last sends in `file` where it is given one. Says `sending` when it begins.
 */
import { createJiti } from 'jiti';

const load = (path) => createJiti(import.meta.url).import(`../../${path}`);
const { createSourceClient } = await load('core/http/client.ts');
const { createUndiciTransport } = await load('core/http/transports/undici.ts');
const { openSendMemory } = await load('core/state/send-memory.ts');
const { createSourceLimits } = await load('core/http/source-limits.ts');
const { systemClock } = await load('core/system-clock.ts');

const { resolvedSource } = await load('test/support/resolved-source.ts');

const { origin, file, limits } = JSON.parse(process.argv[2]);
const source = resolvedSource(origin, limits);
const client = createSourceClient({
  source,
  transportFactory: createUndiciTransport,
  clock: systemClock,
  random: Math.random,
  emit: () => {},
  limits: createSourceLimits({
    source,
    clock: systemClock,
    memory:
      file &&
      openSendMemory({
        file,
        limits: source.rateLimits,
        marginMs: source.rateLimitMarginMs,
        clock: systemClock,
        onFailure: (error) => {
          throw error;
        },
      }),
  }),
});

async function askForEver(sender) {
  for (let page = 0; ; page++) {
    const url = new URL(`/?page=${sender}-${page}`, origin);
    const signal = new AbortController().signal;
    await client
      .handle({ key: `${sender}-${page}`, url, method: 'GET', headers: {}, attempt: 1, signal })
      .catch(() => {});
  }
}

process.send('sending');
for (let sender = 0; sender < source.concurrency; sender++) askForEver(sender);
process.on('disconnect', () => process.exit());
