import type { Clock } from '../../../core/contracts/clock.ts';

const times = 25;

/** A clock that runs 25 times as fast: requests that are paced by it go over real sockets all the same. */
export function hurriedClock(): Clock {
  const start = performance.now();
  return {
    now: () => (performance.now() - start) * times,
    date: () => Date.now(),
    timer(ms, fire) {
      const timer = setTimeout(fire, Math.ceil(ms / times));
      return () => clearTimeout(timer);
    },
  };
}
