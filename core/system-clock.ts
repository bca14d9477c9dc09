import type { Clock } from './contracts/clock.ts';

/** Real time: the monotonic clock of the process, and the system's date. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  timer(ms, fire) {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};
