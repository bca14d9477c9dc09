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
export function createWaitingLine<T>(options: WaitingLineOptions): WaitingLine<T> {
  return new Line(options);
}

/** A class, as a source has several: an object literal with accessors is a table of its own, of half a KB. */
class Line<T> implements WaitingLine<T> {
  readonly #options: WaitingLineOptions;
  // A linked list: an abort takes from the middle, and serving takes from the front, both without a walk.
  #first: Waiter<T> | undefined;
  #last: Waiter<T> | undefined;
  // Those who go ahead are all at the front; this is the one at their end.
  #lastAhead: Waiter<T> | undefined;
  #length = 0;

  constructor(options: WaitingLineOptions) {
    this.#options = options;
  }

  join(signal: AbortSignal, { ahead = false, cost = 1 }: JoinOptions = {}): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = {
        cost,
        previous: undefined,
        next: undefined,
        resolve,
        reject,
        stopListening: onAbort(signal, () => {
          const wasFirst = waiter === this.#first;
          this.#remove(waiter);
          reject(signal.reason);
          if (this.#length === 0) this.#options.onEmpty();
          else if (wasFirst) this.#options.onFirstLeft?.();
        }),
      };
      this.#insert(waiter, ahead ? this.#lastAhead : this.#last);
      if (ahead) this.#lastAhead = waiter;
    });
  }

  serve(value: T): boolean {
    const waiter = this.#first;
    if (waiter === undefined) return false;
    // Out of the line before anything else runs: an abort from here on finds nobody to take a token from.
    this.#remove(waiter);
    waiter.resolve(value);
    return true;
  }

  refuse(error: Error): void {
    for (let waiter = this.#first; waiter !== undefined; waiter = this.#first) {
      this.#remove(waiter);
      waiter.reject(error);
    }
  }

  get length(): number {
    return this.#length;
  }

  get nextCost(): number {
    return this.#first?.cost ?? 0;
  }

  costs(most: number): number[] {
    const costs: number[] = [];
    for (let waiter = this.#first; waiter !== undefined && costs.length < most; waiter = waiter.next)
      costs.push(waiter.cost);
    return costs;
  }

  #insert(waiter: Waiter<T>, previous: Waiter<T> | undefined): void {
    const next = previous === undefined ? this.#first : previous.next;
    waiter.previous = previous;
    waiter.next = next;
    if (previous === undefined) this.#first = waiter;
    else previous.next = waiter;
    if (next === undefined) this.#last = waiter;
    else next.previous = waiter;
    this.#length += 1;
  }

  #remove(waiter: Waiter<T>): void {
    if (waiter.previous === undefined) this.#first = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === undefined) this.#last = waiter.previous;
    else waiter.next.previous = waiter.previous;
    if (waiter === this.#lastAhead) this.#lastAhead = waiter.previous;
    this.#length -= 1;
    waiter.stopListening();
  }
}
