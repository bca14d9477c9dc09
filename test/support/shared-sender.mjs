/* oxlint-disable -- plain JavaScript, run as it stands in a process of its own: there are no types to check */
/**
 * A worker's client in a process of its own, which may be killed: asks `origin` for page after page under limits that it
 * shares through Redis at `redis`, at irregular times. Says `sending` when it begins.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createJiti } from 'jiti';

const load = (path) => createJiti(import.meta.url).import(`../../${path}`);
const { createDice } = await load('core/dice.ts');
const { createSourceClient } = await load('core/http/client.ts');
const { createUndiciTransport } = await load('core/http/transports/undici.ts');
const { systemClock } = await load('core/system-clock.ts');
const { limitsOfWorker } = await load('test/support/shared-limits.ts');
const { resolvedSource } = await load('test/support/resolved-source.ts');

const { origin, redis, worker, limits } = JSON.parse(process.argv[2]);
const source = resolvedSource(origin, limits);
const { limits: shared } = await limitsOfWorker(redis, worker);
const dice = createDice(worker);
const client = createSourceClient({
  source,
  transportFactory: createUndiciTransport,
  clock: systemClock,
  random: Math.random,
  emit: () => {},
  limits: shared.limits(source),
  makeBreaker: (options) => shared.breaker(source.name, options),
  budget: shared.budget(source.name),
});

async function askForEver(sender) {
  for (let page = 0; ; page++) {
    // Bursts, and breaks that may be longer than a window.
    if (dice.int(0, 20) === 0) await sleep(dice.int(0, 400));
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
