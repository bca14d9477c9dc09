import type { RateLimiter } from '../../contracts/resilience.ts';

/** Holds nothing back and knows no pause: for an upstream that nobody asks, because its answers were recorded. */
export const noLimiter: RateLimiter = {
  async acquire(signal) {
    signal.throwIfAborted();
    return { sent() {}, release() {} };
  },
  pause() {},
  pausedFor: () => 0,
  lower: () => undefined,
};
