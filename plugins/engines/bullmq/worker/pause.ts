import { type Clock, onAbort } from '../../../../core/engine.ts';

/** Resolves after `ms` milliseconds; rejects with the signal's reason. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.timer(ms, () => {
      leave();
      resolve();
    });
    const leave = onAbort(signal, () => {
      cancel();
      reject(signal.reason as Error);
    });
  });
}

/** Resolves after `ms` milliseconds, or when the signal is aborted. */
export function until(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return pause(clock, ms, signal).catch(() => undefined);
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
