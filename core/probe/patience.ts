import type { Clock } from '../contracts/clock.ts';
import type { EventListener } from '../contracts/events.ts';
import { SluiceError } from '../errors.ts';

/** The longest pause, in milliseconds, that is waited out while somebody waits for the answer. */
const longestWaitMs = 10_000;

/** Ends requests that would wait out a long pause of their source: a run has the time for that, who looks before it has not. */
export interface Patience {
  readonly listen: EventListener;
  /**
   * Hands `ask` a signal to ask under, which aborts with `rate_limited` when the source pauses for too long. Rejects with
   * that without asking, where it does already.
   */
  with<T>(source: string, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export function createPatience(clock: Pick<Clock, 'now'>): Patience {
  const pausedUntil = new Map<string, number>();
  const asking = new Map<string, Set<AbortController>>();

  function refusal(source: string): SluiceError | undefined {
    const leftMs = (pausedUntil.get(source) ?? -Infinity) - clock.now();
    if (leftMs <= longestWaitMs) return undefined;
    const seconds = Math.ceil(leftMs / 1000);
    return new SluiceError('rate_limited', `the upstream asked not to be asked again for ${seconds} s from now`);
  }

  return {
    listen(event) {
      if (event.type !== 'limiter-paused') return;
      const { source, ms } = event;
      pausedUntil.set(source, Math.max(pausedUntil.get(source) ?? -Infinity, clock.now() + ms));
      const refused = refusal(source);
      // An answer that is there already, and says that it was the last for now, is not taken back by this.
      if (refused !== undefined) asking.get(source)?.forEach((controller) => controller.abort(refused));
    },
    async with(source, signal, ask) {
      const refused = refusal(source);
      if (refused !== undefined) throw refused;
      const controller = new AbortController();
      const others = asking.get(source) ?? new Set();
      asking.set(source, others.add(controller));
      try {
        return await ask(AbortSignal.any([signal, controller.signal]));
      } finally {
        others.delete(controller);
      }
    },
  };
}
