import type { Clock } from '../contracts/clock.ts';
import { SluiceError } from '../errors.ts';
import { onAbort } from '../on-abort.ts';

/** How long after the deadline what was fetched may still be written, in milliseconds. */
const deadlineDrainMs = 1_000;
/** The same after an interrupt: shorter than the 10 s after which container engines kill. */
const interruptDrainMs = 8_000;

export interface StopSignal {
  /** Aborted when fetching must stop; the reason is a `SluiceError` that says why. */
  readonly signal: AbortSignal;
  /** Aborted a moment after a deadline, a while after an interrupt: draining must stop too. */
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

  const end = (error: SluiceError, drainMs: number): void => {
    stop.abort(error);
    cancels.push(clock.timer(drainMs, () => drained.abort()));
  };
  const interrupt = (): void => end(new SluiceError('interrupted', 'the run was interrupted'), interruptDrainMs);
  if (signal !== undefined) cancels.push(onAbort(signal, interrupt));

  if (deadlineMs !== undefined) {
    const expire = (): void =>
      end(new SluiceError('deadline_exceeded', `the deadline of ${deadlineMs} ms has come`), deadlineDrainMs);
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
