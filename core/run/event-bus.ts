import type { Clock } from '../contracts/clock.ts';
import type { EmitEvent, EventListener, RunEvent } from '../contracts/events.ts';

/** Hands each event, stamped with the time, to every listener, at once and in the order of subscription. */
export interface EventBus {
  readonly emit: EmitEvent;
  on(listener: EventListener): void;
}

/** A listener that throws is told to `onFault` and not called again: a broken display never stops a run. */
export function createEventBus(clock: Clock, onFault: (thrown: unknown) => void): EventBus {
  const listeners = new Set<EventListener>();
  return {
    on: (listener) => void listeners.add(listener),
    emit(event) {
      // Stamped, not copied: an event is made to be emitted, and copies of so many shapes are slow.
      const timed = event as RunEvent & { at: number };
      timed.at = clock.date();
      for (const listener of listeners) {
        try {
          listener(timed);
        } catch (thrown) {
          listeners.delete(listener);
          onFault(thrown);
        }
      }
    },
  };
}
