import type { Clock } from '../contracts/clock.ts';
import { onAbort } from '../on-abort.ts';

/** Milliseconds without a step after which a turn is passed over: a thread may take its time, even to start. */
const patienceMs = 3_000;
/** The same, once a turn was passed over: the order is lost, and others who are waited for may not come either. */
const hurriedMs = 50;

/** Lets things happen in an order that is known beforehand. */
export interface Turns {
  /** Resolves when all before `place` have had their turn, or did not come for 3 s (50 ms, once that has happened). Rejects with the signal's reason. */
  wait(place: number, signal: AbortSignal): Promise<void>;
}

/** Makes turns for these places. */
export function createTurns(places: readonly number[], clock: Clock): Turns {
  const order = new Map(places.toSorted((a, b) => a - b).map((place, index) => [place, index]));
  const waiting = new Map<number, () => void>();
  let next = 0;
  let patience = patienceMs;
  let stepping = false;
  let cancelTimer: (() => void) | undefined;

  function step(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (stepping || waiting.size === 0) return;
    const soonest = Math.min(...waiting.keys());
    const index = order.get(soonest) ?? 0;
    if (index > next) {
      cancelTimer = clock.timer(patience, () => {
        patience = hurriedMs;
        next = index;
        step();
      });
      return;
    }
    stepping = true;
    // One a turn of the event loop: what follows from an answer happens before the next one.
    setImmediate(() => {
      stepping = false;
      const go = waiting.get(soonest);
      waiting.delete(soonest);
      if (go !== undefined) next = Math.max(next, index + 1);
      go?.();
      step();
    });
  }

  return {
    wait(place, signal) {
      return new Promise((resolve, reject) => {
        const leave = onAbort(signal, () => {
          waiting.delete(place);
          reject(signal.reason);
          step();
        });
        if (signal.aborted) return;
        waiting.set(place, () => {
          leave();
          resolve();
        });
        step();
      });
    },
  };
}
