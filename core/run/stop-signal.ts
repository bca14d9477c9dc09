import type { Clock } from '../contracts/clock.ts';
import { SluiceError } from '../errors.ts';

/** How long after the deadline what was fetched may still be written, in milliseconds. */
const drainMs = 1_000;

export interface StopSignal {
  /** Aborted when fetching must stop; the reason is a `SluiceError` that says why. */
  readonly signal: AbortSignal;
  /** Aborted a moment after a deadline: draining must stop too. A user's interrupt drains without a limit. */
  readonly drained: AbortSignal;
  readonly abort: (error: SluiceError) => void;
  /** Ends the timers; nothing is aborted any more. */
  dispose(): void;
}

/** Joins the reasons for which a run stops: the user, the deadline, or a failure that leaves nothing to do. */
export function createStopSignal(options: {
  readonly clock: Clock;
  readonly deadlineMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}): StopSignal {
  const { clock, deadlineMs, signal } = options;
  const stop = new AbortController();
  const drained = new AbortController();
  const cancels: (() => void)[] = [];

  const interrupt = (): void => stop.abort(new SluiceError('interrupted', 'the run was interrupted'));
  if (signal?.aborted === true) interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  cancels.push(() => signal?.removeEventListener('abort', interrupt));

  if (deadlineMs !== undefined) {
    const expire = (): void => {
      stop.abort(new SluiceError('deadline_exceeded', `the deadline of ${deadlineMs} ms has come`));
      cancels.push(clock.timer(drainMs, () => drained.abort()));
    };
    cancels.push(clock.timer(deadlineMs, expire));
  }

  return {
    signal: stop.signal,
    drained: drained.signal,
    abort: (error) => stop.abort(error),
    dispose() {
      for (const cancel of cancels.splice(0)) cancel();
    },
  };
}
