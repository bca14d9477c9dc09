import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RateLimit } from '../../../../core/contracts/source.ts';
import { createSlidingLogLimiter } from '../../../../core/http/resilience/sliding-log-limiter.ts';
import { type FakeClock, fakeClock } from '../../../support/fake-clock.ts';
import { isSettled, rejection } from '../support.ts';

const noSignal = new AbortController().signal;

function limiterOf(limits: readonly RateLimit[], marginMs = 0) {
  const clock = fakeClock();
  return { clock, limiter: createSlidingLogLimiter({ limits, marginMs, clock }) };
}

/** When each of `costs` was sent, counted from now, by callers that all ask at once. */
async function sendTimes(costs: readonly number[], limits: readonly RateLimit[], marginMs = 0): Promise<number[]> {
  const { clock, limiter } = limiterOf(limits, marginMs);
  const start = clock.now();
  const ask = async (cost: number): Promise<number> => {
    (await limiter.acquire(noSignal, { cost })).sent();
    return clock.now() - start;
  };
  return clock.run(Promise.all(costs.map(ask)));
}

describe('a limiter with several windows', () => {
  const limits = [
    { requests: 2, perMs: 100 },
    { requests: 5, perMs: 1000 },
  ];

  test('keeps to all of them at once', async () => {
    expect(await sendTimes([1, 1, 1, 1, 1, 1, 1, 1], limits)).toEqual([0, 0, 100, 100, 200, 1000, 1000, 1100]);
  });

  test('is not woken too late by what leaves the long window, when the short one was filled by slow sends', async () => {
    const { clock, limiter } = limiterOf(limits);
    (await limiter.acquire(noSignal)).sent();
    await clock.advance(200);
    const slow = [await limiter.acquire(noSignal), await limiter.acquire(noSignal)];
    const waiting = limiter.acquire(noSignal);
    await clock.advance(10);
    for (const permit of slow) permit.sent();
    await clock.advance(99);
    expect(await isSettled(waiting)).toBe(false);
    await clock.advance(1);
    expect(await isSettled(waiting)).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('lowers all of them, for nobody says which was refused, until none can go lower', async () => {
    const { limiter } = limiterOf(limits);
    expect([limiter.lower(), limiter.lower(), limiter.lower(), limiter.lower()]).toEqual([
      [1, 3],
      [1, 2],
      [1, 1],
      undefined,
    ]);
  });
});

describe('a request that costs more than one', () => {
  test('takes as many places of every window', async () => {
    expect(await sendTimes([3, 2, 1, 4], [{ requests: 5, perMs: 100 }])).toEqual([0, 0, 100, 100]);
  });

  test('is not overtaken by cheaper ones behind it, which would keep it waiting for ever', async () => {
    expect(await sendTimes([3, 4, 1], [{ requests: 5, perMs: 100 }])).toEqual([0, 100, 100]);
  });

  test('is refused at once where no window could ever hold it', async () => {
    const { clock, limiter } = limiterOf([
      { requests: 5, perMs: 100 },
      { requests: 50, perMs: 60_000 },
    ]);
    expect(await rejection(limiter.acquire(noSignal, { cost: 6 }))).toMatchObject({
      code: 'cost_refused',
      message: expect.stringContaining('costs 6 places, and a window of 100 ms has 5') as unknown,
    });
    expect(await rejection(limiter.acquire(noSignal, { cost: Number.NaN }))).toMatchObject({ code: 'cost_refused' });
    expect(clock.timers).toBe(0);
    (await limiter.acquire(noSignal, { cost: 5 })).sent();
  });

  test('goes alone where the limit was lowered below what it costs', async () => {
    const { clock, limiter } = limiterOf([{ requests: 8, perMs: 100 }]);
    limiter.lower();
    limiter.lower();
    const start = clock.now();
    (await limiter.acquire(noSignal, { cost: 1 })).sent();
    (await clock.run(limiter.acquire(noSignal, { cost: 6 }))).sent();
    expect(clock.now() - start).toBe(100);
  });

  test('leaves the line to a cheaper one at once when it gives up', async () => {
    const { clock, limiter } = limiterOf([{ requests: 5, perMs: 100 }]);
    (await limiter.acquire(noSignal, { cost: 3 })).sent();
    const controller = new AbortController();
    const dear = rejection(limiter.acquire(controller.signal, { cost: 4 }));
    const cheap = limiter.acquire(noSignal, { cost: 2 });
    expect(await isSettled(cheap)).toBe(false);
    controller.abort(new Error('enough'));
    await dear;
    expect(await isSettled(cheap)).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('lets a cheaper one that goes ahead have the room that there is', async () => {
    const { limiter } = limiterOf([{ requests: 5, perMs: 100 }]);
    (await limiter.acquire(noSignal, { cost: 3 })).sent();
    void limiter.acquire(noSignal, { cost: 4 });
    expect(await isSettled(limiter.acquire(noSignal, { cost: 2, ahead: true }))).toBe(true);
  });

  test('gives all its places back', async () => {
    const { limiter } = limiterOf([{ requests: 5, perMs: 100 }]);
    (await limiter.acquire(noSignal, { cost: 5 })).release();
    expect(await isSettled(limiter.acquire(noSignal, { cost: 5 }))).toBe(true);
  });
});

interface Caller {
  readonly at: number;
  readonly cost: number;
  readonly latency: number;
  readonly restampAfter: number;
  readonly ends: 'sent' | 'released';
  readonly ahead: boolean;
  readonly abortAfter: number | undefined;
}

const windows = fc.uniqueArray(
  fc.record({ requests: fc.integer({ min: 1, max: 12 }), perMs: fc.integer({ min: 1, max: 900 }) }),
  { minLength: 1, maxLength: 4, selector: ({ perMs }) => perMs },
);

const callers = fc.array(
  fc.record<Caller>({
    at: fc.integer({ min: 0, max: 3000 }),
    cost: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
    latency: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
    restampAfter: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 })),
    ends: fc.constantFrom('sent', 'sent', 'sent', 'released'),
    ahead: fc.boolean(),
    abortAfter: fc.option(fc.integer({ min: 0, max: 1500 }), { nil: undefined, freq: 4 }),
  }),
  { minLength: 1, maxLength: 30 },
);

interface Send {
  readonly at: number;
  readonly cost: number;
}

/** The most that any window of `ms` holds, wherever it begins. */
function fullest(sends: readonly Send[], ms: number): number {
  const held = sends.map(({ at: begin }) =>
    sends.filter(({ at }) => at >= begin && at < begin + ms).reduce((sum, { cost }) => sum + cost, 0),
  );
  return Math.max(0, ...held);
}

async function carryOut(clock: FakeClock, limits: readonly RateLimit[], marginMs: number, all: readonly Caller[]) {
  const limiter = createSlidingLogLimiter({ limits, marginMs, clock });
  const most = Math.min(...limits.map(({ requests }) => requests));
  const shortest = Math.min(...limits.map(({ perMs }) => perMs)) + marginMs;
  const sends: Send[] = [];
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.timer(ms, resolve));

  const outcomes = all.map(async ({ at, cost, latency, restampAfter, ends, ahead, abortAfter }) => {
    await sleep(at);
    const controller = new AbortController();
    if (abortAfter !== undefined) clock.timer(abortAfter, () => controller.abort(new Error('aborted')));
    try {
      const permit = await limiter.acquire(controller.signal, { ahead, cost });
      await sleep(latency);
      if (ends === 'sent') {
        permit.sent();
        // Still within every window: what left one has made room for another already.
        await sleep(Math.min(restampAfter, shortest - 1));
        permit.sent();
        sends.push({ at: clock.now(), cost });
      }
      permit.release();
      return 'served';
    } catch (thrown) {
      if (cost > most) return 'refused';
      return thrown === controller.signal.reason ? 'aborted' : 'lost';
    }
  });
  return { limiter, sends, outcomes: await clock.run(Promise.all(outcomes)) };
}

describe('whatever comes, at whatever cost', () => {
  test('no window of any length holds more than its limit, and nobody is forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(windows, fc.nat(30), callers, async (limits, marginMs, all) => {
        const clock = fakeClock();
        const { limiter, sends, outcomes } = await carryOut(clock, limits, marginMs, all);
        for (const { requests, perMs } of limits) {
          expect(fullest(sends, perMs + marginMs)).toBeLessThanOrEqual(requests);
        }
        const most = Math.min(...limits.map(({ requests }) => requests));
        for (const [index, outcome] of outcomes.entries()) {
          const { cost = 0, abortAfter } = all[index] ?? {};
          const allowed = cost > most ? ['refused'] : abortAfter === undefined ? ['served'] : ['served', 'aborted'];
          expect(allowed).toContain(outcome);
        }
        // All is free again: no abort and no release has lost a place.
        await clock.advance(10_000);
        await limiter.acquire(noSignal, { cost: most });
        expect(clock.timers).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('nobody waits longer than the windows demand', async () => {
    const costs = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(windows, costs, async (limits, asked) => {
        const most = Math.min(...limits.map(({ requests }) => requests));
        const all = asked.map((cost) => Math.min(cost, most));
        // In order, each as early as every window allows: there is no better without overtaking.
        const expected: Send[] = [];
        for (const cost of all) {
          let at = expected.at(-1)?.at ?? 0;
          const fits = ({ requests, perMs }: RateLimit): boolean =>
            expected.filter((send) => send.at > at - perMs).reduce((sum, send) => sum + send.cost, cost) <= requests;
          while (!limits.every(fits)) at += 1;
          expected.push({ at, cost });
        }
        expect(await sendTimes(all, limits)).toEqual(expected.map(({ at }) => at));
      }),
      { numRuns: 100 },
    );
  });
});
