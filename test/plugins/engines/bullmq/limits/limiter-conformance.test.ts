import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Permit, RateLimiter } from '../../../../../core/contracts/resilience.ts';
import type { RateLimit } from '../../../../../core/contracts/source.ts';
import { createSlidingLogLimiter } from '../../../../../core/http/resilience/sliding-log-limiter.ts';
import { systemClock } from '../../../../../core/system-clock.ts';
import { fakeClock, settle } from '../../../../support/fake-clock.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { limitedSource, limitsOfWorker, type TestWorker } from '../../../../support/shared-limits.ts';

/** A limiter, and the time by which it goes. */
interface Subject {
  readonly limiter: RateLimiter;
  readonly now: () => number;
  /** Lets time go by. */
  readonly pass: (ms: number) => Promise<void>;
  /** How much later than it could a thing may happen, in milliseconds. */
  readonly slackMs: number;
}

type MakeSubject = (limits: readonly RateLimit[], marginMs?: number) => Promise<Subject>;

const local: MakeSubject = async (limits, marginMs = 0) => {
  const clock = fakeClock();
  return {
    limiter: createSlidingLogLimiter({ limits, marginMs, clock }),
    now: () => clock.now(),
    pass: (ms) => clock.advance(ms),
    slackMs: 0,
  };
};

let server: TestRedis | undefined;
let worker: TestWorker | undefined;
let sources = 0;
beforeAll(async () => {
  if (redisMissing !== undefined) return;
  server = await startRedis();
  worker = await limitsOfWorker(server.url, 'w');
});
afterAll(async () => {
  await worker?.close();
  await server?.close();
});

const inRedis: MakeSubject = async (rateLimits, marginMs = 0) => {
  sources += 1;
  const source = { ...limitedSource({ name: `shop-${sources}`, rateLimitMarginMs: marginMs }), rateLimits };
  if (worker === undefined) throw new Error('there is no server');
  return {
    limiter: worker.limits.limits(source).limiter,
    now: () => systemClock.now(),
    pass: (ms) => sleep(ms),
    // The machine may have other work to do; what must not be too early is what matters.
    slackMs: 400,
  };
};

const noSignal = new AbortController().signal;

async function take(limiter: RateLimiter, count: number): Promise<readonly Permit[]> {
  const permits = await Promise.all(Array.from({ length: count }, () => limiter.acquire(noSignal)));
  for (const permit of permits) permit.sent();
  return permits;
}

/** Waits for `work` as long as it takes, and gives how long that was. */
async function waited({ now, pass, slackMs }: Subject, work: Promise<unknown>): Promise<number> {
  const begun = now();
  let settled = false;
  void work.then(() => (settled = true));
  for (let step = 0; step < 2000; step += 1) {
    if (slackMs === 0) await settle();
    if (settled) break;
    await pass(slackMs === 0 ? 1 : 5);
  }
  await work;
  return now() - begun;
}

/** Whether `work` is still under way after `ms`. */
async function waits({ pass }: Subject, work: Promise<unknown>, ms: number): Promise<boolean> {
  let settled = false;
  void work.then(() => (settled = true));
  await pass(ms);
  return !settled;
}

describe.each([
  ['the local limiter', local, false],
  ['the limiter in Redis', inRedis, redisMissing !== undefined],
] as const)('%s', (_, makeSubject, skipped) => {
  test.skipIf(skipped)(
    'lets a window’s worth go at once, and the next a window and its margin after the first send',
    async () => {
      const subject = await makeSubject([{ requests: 3, perMs: 300 }], 20);
      await take(subject.limiter, 3);
      const took = await waited(subject, subject.limiter.acquire(noSignal));
      expect(took).toBeGreaterThanOrEqual(310);
      expect(took).toBeLessThanOrEqual(320 + subject.slackMs);
    },
  );

  test.skipIf(skipped)('counts a grant as used until it is sent, and the window from then', async () => {
    const subject = await makeSubject([{ requests: 1, perMs: 200 }]);
    const permit = await subject.limiter.acquire(noSignal);
    const next = subject.limiter.acquire(noSignal);
    expect(await waits(subject, next, 400)).toBe(true);
    permit.sent();
    expect(await waited(subject, next)).toBeGreaterThanOrEqual(190);
  });

  test.skipIf(skipped)(
    'a permit that was given back lets the next go; one that was sent is not given back',
    async () => {
      const subject = await makeSubject([{ requests: 1, perMs: 60_000 }]);
      const permit = await subject.limiter.acquire(noSignal);
      const next = subject.limiter.acquire(noSignal);
      permit.release();
      await waited(subject, next);
      const sent = await next;
      sent.sent();
      sent.release();
      expect(await waits(subject, subject.limiter.acquire(noSignal), 300)).toBe(true);
    },
  );

  test.skipIf(skipped)('keeps several windows at once', async () => {
    const subject = await makeSubject([
      { requests: 2, perMs: 100 },
      { requests: 3, perMs: 800 },
    ]);
    const begun = subject.now();
    await take(subject.limiter, 2);
    expect(await waited(subject, take(subject.limiter, 1))).toBeGreaterThanOrEqual(90);
    await waited(subject, take(subject.limiter, 1));
    expect(subject.now() - begun).toBeGreaterThanOrEqual(790);
  });

  test.skipIf(skipped)('a request of several places is not overtaken by those behind it', async () => {
    const subject = await makeSubject([{ requests: 4, perMs: 300 }]);
    await take(subject.limiter, 2);
    const order: string[] = [];
    const takeLarge = async (): Promise<void> => {
      const permit = await subject.limiter.acquire(noSignal, { cost: 3 });
      order.push('large');
      permit.sent();
    };
    const large = takeLarge();
    const small = subject.limiter.acquire(noSignal).then(() => order.push('small'));
    await waited(subject, Promise.all([large, small]));
    expect(order).toEqual(['large', 'small']);
  });

  test.skipIf(skipped)('refuses what takes more places than a window has', async () => {
    const { limiter } = await makeSubject([
      { requests: 10, perMs: 1000 },
      { requests: 5, perMs: 100 },
    ]);
    await expect(limiter.acquire(noSignal, { cost: 6 })).rejects.toMatchObject({ code: 'cost_refused' });
  });

  test.skipIf(skipped)('who goes ahead stands before those that did not ask for it', async () => {
    const subject = await makeSubject([{ requests: 1, perMs: 150 }]);
    await take(subject.limiter, 1);
    const order: string[] = [];
    const then = (name: string) => (permit: Permit) => {
      order.push(name);
      permit.sent();
    };
    const last = subject.limiter.acquire(noSignal).then(then('last'));
    const first = subject.limiter.acquire(noSignal, { ahead: true }).then(then('first'));
    await waited(subject, Promise.all([first, last]));
    expect(order).toEqual(['first', 'last']);
  });

  test.skipIf(skipped)('a pause holds everybody, and a shorter one does not shorten it', async () => {
    const subject = await makeSubject([{ requests: 5, perMs: 100 }]);
    subject.limiter.pause(400);
    subject.limiter.pause(50);
    subject.limiter.pause(Number.NaN);
    expect(subject.limiter.pausedFor()).toBeGreaterThan(390);
    expect(await waited(subject, subject.limiter.acquire(noSignal))).toBeGreaterThanOrEqual(390);
    expect(subject.limiter.pausedFor()).toBe(0);
  });

  test.skipIf(skipped)('lowers to one place at last, and comes back with windows that are not refused', async () => {
    const subject = await makeSubject([{ requests: 4, perMs: 100 }]);
    expect(subject.limiter.lower()).toEqual([2]);
    expect(subject.limiter.lower()).toEqual([1]);
    expect(subject.limiter.lower()).toBeUndefined();
    await take(subject.limiter, 1);
    const next = subject.limiter.acquire(noSignal);
    expect(await waited(subject, next)).toBeGreaterThanOrEqual(90);
    (await next).sent();
    // One place more for each window: 2, 3, 4.
    for (let window = 0; window < 4; window += 1) await waited(subject, take(subject.limiter, 1));
    await subject.pass(150);
    const begun = subject.now();
    await take(subject.limiter, 3);
    expect(subject.now() - begun).toBeLessThan(90);
  });

  test.skipIf(skipped)('who aborts leaves the line with the signal’s reason, and takes no place', async () => {
    const subject = await makeSubject([{ requests: 1, perMs: 300 }]);
    await take(subject.limiter, 1);
    const leaving = new AbortController();
    const left = subject.limiter.acquire(leaving.signal);
    const stays = subject.limiter.acquire(noSignal);
    leaving.abort(new Error('changed my mind'));
    await expect(left).rejects.toThrow('changed my mind');
    await expect(subject.limiter.acquire(leaving.signal)).rejects.toThrow('changed my mind');
    expect(await waited(subject, stays)).toBeLessThanOrEqual(300 + subject.slackMs);
  });
});
