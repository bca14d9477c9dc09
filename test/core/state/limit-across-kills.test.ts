import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RateLimiter, SendMemory } from '../../../core/contracts/resilience.ts';
import { createDice } from '../../../core/dice.ts';
import { createSlidingLogLimiter } from '../../../core/http/resilience/sliding-log-limiter.ts';
import { openSendMemory } from '../../../core/state/send-memory.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const noSignal = new AbortController().signal;

interface Limit {
  readonly requests: number;
  readonly perMs: number;
  readonly marginMs: number;
}

interface Life {
  readonly limiter: RateLimiter;
  readonly memory: SendMemory;
}

/** A process begins: its limiter, over the file that the one before it left, by a date that may have been set. */
function beginLife(file: string, limit: Limit, clock: FakeClock, dateShift = 0): Life {
  const memory = openSendMemory({
    file,
    limits: [limit],
    marginMs: limit.marginMs,
    clock: { date: () => Math.floor(clock.date() + dateShift) },
    uptime: () => clock.now(),
    onFailure: (error) => {
      throw error;
    },
  });
  return { memory, limiter: createSlidingLogLimiter({ limits: [limit], marginMs: limit.marginMs, clock, memory }) };
}

/** The shortest time in which more than `requests` of the sends lie. */
function closest(sends: readonly number[], requests: number): number {
  const inOrder = Float64Array.from(sends).sort();
  let shortest = Infinity;
  for (let last = requests; last < inOrder.length; last++) {
    shortest = Math.min(shortest, (inOrder[last] ?? 0) - (inOrder[last - requests] ?? 0));
  }
  return shortest;
}

describe('a limiter that begins where another was killed', () => {
  const limit = { requests: 2, perMs: 1000, marginMs: 20 };

  test('holds back what would be too much in the window that the kill came in', async () => {
    const clock = fakeClock();
    const file = join(await temporaryFolder(), 'sends.bin');
    const first = beginLife(file, limit, clock);
    for (let sends = 0; sends < 2; sends++) {
      (await first.limiter.acquire(noSignal)).sent();
      await clock.advance(100);
    }
    first.memory.close();
    const { limiter, memory } = beginLife(file, limit, clock);
    const start = clock.now();
    await clock.run(limiter.acquire(noSignal));
    // 1020 after the first send, and the millisecond that a date can't tell.
    expect(clock.now() - start).toBe(821);
    memory.close();
  });

  test('remembers what each cost, for as long as the longest window', async () => {
    const clock = fakeClock();
    const file = join(await temporaryFolder(), 'sends.bin');
    const limits = [
      { requests: 4, perMs: 100 },
      { requests: 6, perMs: 5000 },
    ];
    const begin = (): Life => {
      const memory = openSendMemory({
        file,
        limits,
        marginMs: 0,
        clock,
        uptime: () => clock.now(),
        onFailure: (error) => {
          throw error;
        },
      });
      return { memory, limiter: createSlidingLogLimiter({ limits, marginMs: 0, clock, memory }) };
    };
    const first = begin();
    (await first.limiter.acquire(noSignal, { cost: 3 })).sent();
    await clock.advance(200);
    // Killed before it could say whether it sent this one.
    await first.limiter.acquire(noSignal, { cost: 2 });
    first.memory.close();
    const second = begin();
    const start = clock.now();
    (await second.limiter.acquire(noSignal, { cost: 1 })).sent();
    expect(clock.now()).toBe(start);
    (await clock.run(second.limiter.acquire(noSignal, { cost: 3 }))).sent();
    // When the three of the first life leave, 5000 after they were sent; a date can't tell the last millisecond.
    expect(clock.now() - start).toBe(4801);
    second.memory.close();
  });

  test('keeps to a pause that was in force', async () => {
    const clock = fakeClock();
    const file = join(await temporaryFolder(), 'sends.bin');
    const first = beginLife(file, limit, clock);
    first.limiter.pause(3000);
    first.limiter.pause(1000);
    first.limiter.pause(Number.NaN);
    await clock.advance(500);
    first.memory.close();
    const { limiter, memory } = beginLife(file, limit, clock);
    expect(limiter.pausedFor()).toBe(2501);
    const start = clock.now();
    await clock.run(limiter.acquire(noSignal));
    expect(clock.now() - start).toBe(2501);
    memory.close();
  });

  test('with a lower limit than before, counts the latest sends only', async () => {
    const clock = fakeClock();
    const file = join(await temporaryFolder(), 'sends.bin');
    const first = beginLife(file, { ...limit, requests: 5 }, clock);
    for (let sends = 0; sends < 5; sends++) {
      (await first.limiter.acquire(noSignal)).sent();
      await clock.advance(100);
    }
    first.memory.close();
    const { limiter, memory } = beginLife(file, limit, clock);
    const start = clock.now();
    await clock.run(limiter.acquire(noSignal));
    // The fourth of five was 200 ago: then one is left of the two that a window may hold.
    expect(clock.now() - start).toBe(1020 - 200 + 1);
    memory.close();
  });

  test('what was given back unsent holds nobody back', async () => {
    const clock = fakeClock();
    const file = join(await temporaryFolder(), 'sends.bin');
    const first = beginLife(file, limit, clock);
    (await first.limiter.acquire(noSignal)).release();
    (await first.limiter.acquire(noSignal)).sent();
    first.memory.close();
    const { limiter, memory } = beginLife(file, limit, clock);
    const start = clock.now();
    await clock.run(limiter.acquire(noSignal));
    expect(clock.now()).toBe(start);
    memory.close();
  });

  test('two sources know nothing of each other', async () => {
    const clock = fakeClock();
    const folder = await temporaryFolder();
    const one = beginLife(join(folder, 'one.bin'), { ...limit, requests: 1 }, clock);
    (await one.limiter.acquire(noSignal)).sent();
    one.memory.close();
    const other = beginLife(join(folder, 'other.bin'), { ...limit, requests: 1 }, clock);
    const start = clock.now();
    await clock.run(other.limiter.acquire(noSignal));
    expect(clock.now()).toBe(start);
    other.memory.close();
  });

  test('waits a window at most, whatever the file holds, and however often it is killed meanwhile', async () => {
    const clock = fakeClock();
    const file = join(await temporaryFolder(), 'sends.bin');
    const narrow = { ...limit, requests: 1 };
    const first = beginLife(file, narrow, clock);
    await first.limiter.acquire(noSignal);
    first.memory.close();
    const start = clock.now();
    for (;;) {
      const { limiter, memory } = beginLife(file, narrow, clock);
      let granted = false;
      const asked = limiter.acquire(noSignal).then(() => (granted = true));
      await clock.advance(150);
      memory.close();
      if (granted) break;
      void asked;
    }
    expect(clock.now() - start).toBeLessThan(1020 + 2 * 150);
  });
});

interface Caller {
  readonly at: number;
  readonly latency: number;
  /** In which order the request goes on the wire and the limiter is told, and what becomes of it. */
  readonly way: 'write, tell' | 'tell, write, tell' | 'write, die' | 'give back';
  readonly between: number;
}

const caller = fc.record<Caller>({
  at: fc.integer({ min: 0, max: 1500 }),
  latency: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
  way: fc.constantFrom('write, tell', 'write, tell', 'tell, write, tell', 'write, die', 'give back'),
  between: fc.integer({ min: 0, max: 20 }),
});

const lives = fc.array(
  fc.record({
    callers: fc.array(caller, { maxLength: 12 }),
    killedAfter: fc.integer({ min: 0, max: 2000 }),
    restartedAfter: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 900 })),
    dateShift: fc.oneof(fc.constant(0), fc.integer({ min: -90_000_000, max: 90_000_000 })),
    pause: fc.option(fc.record({ at: fc.integer({ min: 0, max: 1500 }), ms: fc.integer({ min: 1, max: 800 }) })),
  }),
  { minLength: 2, maxLength: 6 },
);

describe('whatever is killed when', () => {
  test('no window holds more than the limit, and nobody is let go in a pause', async () => {
    const folder = await temporaryFolder();
    const limits = fc.record({
      requests: fc.integer({ min: 1, max: 6 }),
      perMs: fc.integer({ min: 30, max: 900 }),
      marginMs: fc.nat(30),
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(lives, limits, async (all, limit) => {
        const clock = fakeClock(1_000_000.25);
        const file = join(folder, `${number++}.bin`);
        const sends: number[] = [];
        const grants: number[] = [];
        const pauses: { from: number; to: number }[] = [];
        const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.timer(ms, resolve));

        for (const { callers, killedAfter, restartedAfter, dateShift, pause } of all) {
          const { limiter, memory } = beginLife(file, limit, clock, dateShift);
          const life = { alive: true };
          /** Goes on with `work` unless the process is no more. */
          const then = async (ms: number, work: () => void): Promise<void> => {
            if (life.alive) await sleep(ms);
            if (life.alive) work();
          };
          if (pause !== null) {
            void then(pause.at, () => {
              limiter.pause(pause.ms);
              pauses.push({ from: clock.now(), to: clock.now() + pause.ms });
            });
          }
          void then(killedAfter, () => (life.alive = false));
          for (const { at, latency, way, between } of callers) {
            void (async () => {
              await then(at, () => undefined);
              if (!life.alive) return;
              const permit = await limiter.acquire(noSignal);
              if (!life.alive) return;
              grants.push(clock.now());
              const write = (): void => void sends.push(clock.now());
              switch (way) {
                case 'write, tell':
                  await then(latency, () => {
                    write();
                    permit.sent();
                  });
                  break;
                case 'tell, write, tell':
                  await then(latency, () => permit.sent());
                  await then(Math.min(between, limit.perMs - 1), () => {
                    write();
                    permit.sent();
                  });
                  break;
                case 'write, die':
                  await then(latency, () => {
                    write();
                    life.alive = false;
                  });
                  return;
                case 'give back':
                  await then(latency, () => undefined);
                  break;
              }
              if (life.alive) permit.release();
            })();
          }
          // Whoever died of a write is restarted at once as well.
          while (life.alive) await clock.next();
          // Does nothing to the file: the descriptor is all that it frees.
          memory.close();
          await clock.advance(restartedAfter);
        }

        expect(closest(sends, limit.requests)).toBeGreaterThanOrEqual(limit.perMs + limit.marginMs);
        for (const grant of grants) {
          expect(pauses.filter(({ from, to }) => grant > from && grant < to)).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a limit above 4096, where sends share places', { timeout: 20_000 }, async () => {
    const limit = { requests: 9000, perMs: 1000, marginMs: 20 };
    const dice = createDice('shared places');
    const clock = fakeClock();
    const file = join(await temporaryFolder(), 'sends.bin');
    const sends: number[] = [];
    for (let life = 0; life < 5; life++) {
      const { limiter, memory } = beginLife(file, limit, clock);
      const controller = new AbortController();
      let alive = true;
      const killAt = clock.now() + dice.int(200, 1500);
      const ask = async (): Promise<void> => {
        const permit = await limiter.acquire(controller.signal);
        const fate = dice.int(0, 99);
        if (fate < 20) return permit.release();
        // Connects for a while, and then not longer than the process lives.
        if (fate < 22) await new Promise<void>((resolve) => void clock.timer(dice.int(0, 700), resolve));
        if (!alive) return;
        sends.push(clock.now());
        // One in ten is on the wire when the process has no time left to say so.
        if (fate < 90 || clock.now() < killAt - 100) permit.sent();
      };
      while (clock.now() < killAt) {
        for (let asked = 0; asked < 2000; asked++) ask().catch(() => undefined);
        await clock.advance(Math.min(100, killAt - clock.now()));
      }
      alive = false;
      controller.abort();
      memory.close();
    }
    expect(sends.length).toBeGreaterThan(2 * limit.requests);
    expect(closest(sends, limit.requests)).toBeGreaterThanOrEqual(1020);
  });
});
