import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDice } from '../../../core/dice.ts';
import { type Arrival, arrivalsServer, type ArrivalsServer, closestWindow } from '../../support/arrivals.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let upstream: ArrivalsServer;
beforeAll(async () => {
  upstream = await arrivalsServer();
});
afterAll(() => upstream.close());

/** Longer than a process takes to start, or no window would have sends of two. */
const rateLimit = { requests: 40, perMs: 4000 };
const sender = new URL('../../support/restless-sender.mjs', import.meta.url);

/** Runs a client that is killed and restarted at once, again and again, and gives what the server saw of all of them. */
async function arrivalsOver(lives: number, file: string | undefined): Promise<readonly Arrival[]> {
  const before = (await upstream.arrivals()).length;
  const dice = createDice('kill -9');
  const limits = { rateLimit, concurrency: 12, rateLimitMarginMs: 20 };
  for (let life = 0; life < lives; life++) {
    const child = fork(sender, [JSON.stringify({ origin: upstream.origin, file, limits })], { execArgv: [] });
    const died = once(child, 'exit');
    expect(await Promise.race([once(child, 'message'), died])).toContain('sending');
    // Some right at the first send, some among the last of a window.
    await sleep(dice.int(0, 700));
    child.kill('SIGKILL');
    await died;
  }
  return (await upstream.arrivals()).slice(before);
}

describe('the rate limit of a client that is killed and restarted at once, as a server sees it', () => {
  it('holds in every window across the kills', { timeout: 60_000 }, async () => {
    const arrivals = await arrivalsOver(12, join(await temporaryFolder(), 'sends', 'shop.bin'));
    expect(closestWindow(arrivals, rateLimit.requests)).toBeGreaterThanOrEqual(rateLimit.perMs);
    // It went on, and did not only wait.
    expect(arrivals.length).toBeGreaterThan(rateLimit.requests);
  });

  it('would be broken without a memory', { timeout: 30_000 }, async () => {
    const arrivals = await arrivalsOver(4, undefined);
    expect(closestWindow(arrivals, rateLimit.requests)).toBeLessThan(rateLimit.perMs);
  });
});
