import { type Clock, delay } from '../../../../core/engine.ts';

/** Resolves after `ms` milliseconds, or when the signal is aborted. */
export function until(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, clock, signal).catch(() => undefined);
}

/** Waits for `work` at most `ms` milliseconds; what it fails by after that is of no interest any more. */
export async function inTime(clock: Clock, ms: number, work: () => Promise<void>): Promise<void> {
  const working = work();
  working.catch(() => undefined);
  let cancel: (() => void) | undefined;
  const late = new Promise<void>((resolve) => {
    cancel = clock.timer(ms, resolve);
  });
  await Promise.race([working, late]);
  cancel?.();
}
