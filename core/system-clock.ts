import type { Clock } from './contracts/clock.ts';

/** Real time: the monotonic clock of the process, and the system's date. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  timer(ms, fire) {
    // A time that has just passed is now: newer Node versions warn of negative ones.
    const timer = setTimeout(fire, Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
