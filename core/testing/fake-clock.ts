import type { Clock } from '../contracts/clock.ts';

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time forward, firing due timers in order and letting promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Moves to the next timer, if there is one; false when none is set. */
  next(): Promise<boolean>;
  /** Runs until `work` settles, jumping from timer to timer. Throws when it waits for something else. */
  run<T>(work: Promise<T>): Promise<T>;
  readonly timers: number;
}

/** Lets everything that is already due on the microtask and immediate queues happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

export function fakeClock(start = 1_000_000): FakeClock {
  let time = start;
  let order = 0;
  const timers = new Map<number, { at: number; fire: () => void }>();
  const due = (): [number, { at: number; fire: () => void }] | undefined =>
    [...timers].toSorted(([idA, a], [idB, b]) => a.at - b.at || idA - idB)[0];

  async function moveTo(target: number): Promise<void> {
    await settle();
    for (let timer = due(); timer !== undefined && timer[1].at <= target; timer = due()) {
      timers.delete(timer[0]);
      time = Math.max(time, timer[1].at);
      timer[1].fire();
      await settle();
    }
    time = Math.max(time, target);
  }

  const clock: FakeClock = {
    now: () => time,
    date: () => Date.UTC(2026, 0, 1) + time,
    timer(ms, fire) {
      const id = order++;
      timers.set(id, { at: time + Math.max(0, ms), fire });
      return () => timers.delete(id);
    },
    advance: (ms) => moveTo(time + ms),
    async next() {
      await settle();
      const timer = due();
      if (timer !== undefined) await moveTo(timer[1].at);
      return timer !== undefined;
    },
    async run(work) {
      // The outcome is a value here, so that a rejection stays handled while the clock is moved.
      const ended: Promise<'settled'> = work.then(
        () => 'settled',
        () => 'settled',
      );
      for (let idle = 0; idle < 200; idle = (await clock.next()) ? 0 : idle + 1) {
        await settle();
        if ((await Promise.race([ended, Promise.resolve('pending')])) === 'settled') return work;
      }
      throw new Error('the work waits for something other than the clock');
    },
    get timers() {
      return timers.size;
    },
  };
  return clock;
}
