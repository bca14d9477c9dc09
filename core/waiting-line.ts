import { onAbort } from './on-abort.ts';

/** Where in the line to stand. */
export interface JoinOptions {
  /** Before all who did not ask for this, behind those who did; default false. */
  readonly ahead?: boolean;
  /** How many of what is waited for it takes to be served; default 1. */
  readonly cost?: number | undefined;
}

/** A line of callers that wait for something, first come, first served. Who aborts leaves it at once. */
export interface WaitingLine<T> {
  /** Joins the line. Resolves with what `serve` hands over; rejects with the signal's reason or `refuse`'s error. */
  join(signal: AbortSignal, options?: JoinOptions): Promise<T>;
  /**
   * Hands `value` to the first in line. It is theirs even if their signal aborts right afterwards, so whoever joins
   * must use it or give it back. False where nobody waits: the value is still the caller's.
   */
  serve(value: T): boolean;
  /** Sends everybody away with `error`. */
  refuse(error: Error): void;
  readonly length: number;
  /** What the first in line asked for; 0 where nobody waits. */
  readonly nextCost: number;
  /** What the first in line asked for, at most `most` of them. */
  costs(most: number): number[];
}

interface Waiter<T> {
  readonly cost: number;
  previous: Waiter<T> | undefined;
  next: Waiter<T> | undefined;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
  stopListening: () => void;
}

/** Told of what an abort has made of a line. */
export interface WaitingLineOptions {
  /** Nobody waits any more: a timer for them can go. */
  readonly onEmpty: () => void;
  /** The first one left, and the next may ask for less. Default: nothing. */
  readonly onFirstLeft?: () => void;
}

/** Builds a line in which nobody waits yet. */
export function createWaitingLine<T>({ onEmpty, onFirstLeft }: WaitingLineOptions): WaitingLine<T> {
  // A linked list: an abort takes from the middle, and serving takes from the front, both without a walk.
  let first: Waiter<T> | undefined;
  let last: Waiter<T> | undefined;
  // Those who go ahead are all at the front; this is the one at their end.
  let lastAhead: Waiter<T> | undefined;
  let length = 0;

  function insert(waiter: Waiter<T>, previous: Waiter<T> | undefined): void {
    const next = previous === undefined ? first : previous.next;
    waiter.previous = previous;
    waiter.next = next;
    if (previous === undefined) first = waiter;
    else previous.next = waiter;
    if (next === undefined) last = waiter;
    else next.previous = waiter;
    length += 1;
  }

  function remove(waiter: Waiter<T>): void {
    if (waiter.previous === undefined) first = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === undefined) last = waiter.previous;
    else waiter.next.previous = waiter.previous;
    if (waiter === lastAhead) lastAhead = waiter.previous;
    length -= 1;
    waiter.stopListening();
  }

  return {
    join(signal, { ahead = false, cost = 1 } = {}) {
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const waiter: Waiter<T> = {
          cost,
          previous: undefined,
          next: undefined,
          resolve,
          reject,
          stopListening: onAbort(signal, () => {
            const wasFirst = waiter === first;
            remove(waiter);
            reject(signal.reason);
            if (length === 0) onEmpty();
            else if (wasFirst) onFirstLeft?.();
          }),
        };
        insert(waiter, ahead ? lastAhead : last);
        if (ahead) lastAhead = waiter;
      });
    },
    serve(value) {
      const waiter = first;
      if (waiter === undefined) return false;
      // Out of the line before anything else runs: an abort from here on finds nobody to take a token from.
      remove(waiter);
      waiter.resolve(value);
      return true;
    },
    refuse(error) {
      for (let waiter = first; waiter !== undefined; waiter = first) {
        remove(waiter);
        waiter.reject(error);
      }
    },
    get length() {
      return length;
    },
    get nextCost() {
      return first?.cost ?? 0;
    },
    costs(most) {
      const costs: number[] = [];
      for (let waiter = first; waiter !== undefined && costs.length < most; waiter = waiter.next)
        costs.push(waiter.cost);
      return costs;
    },
  };
}
