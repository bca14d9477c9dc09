import type { Clock } from '../../contracts/clock.ts';
import type { RateLimit } from '../../contracts/source.ts';
import { type AdaptiveLimit, createAdaptiveLimit } from './adaptive-limit.ts';
import { createStampLog, type StampLog } from './stamp-log.ts';

/** One window of a limit, and the sends in it. */
export interface RateWindow {
  /** Places that the declaration gives it. */
  readonly declared: number;
  /** Places that it has now; fewer than declared after a refusal. */
  readonly allowed: number;
  /** Whether `cost` more places are free, where `unsent` are granted and may be used at any moment. */
  hasRoom(cost: number, unsent: number): boolean;
  /** When the send that came first leaves; Infinity where there is none. Nothing frees a place earlier. */
  readonly firstLeavesAt: number;
  /** Counts one grant, for the way back to what was declared. */
  granted(): void;
  /** Takes in a send at `stamp` and returns its number; with a number, it is that send again, later. */
  sent(stamp: number, cost: number, entry?: number): number;
  /** Takes in what an earlier process sent. */
  recall(sends: readonly { readonly ageMs: number; readonly count: number }[]): void;
  /** Halves what it allows; undefined where that is as low as it can be. */
  lower(): number | undefined;
}

/** By which clock a window is counted, and how much longer it is than declared, in milliseconds. */
export interface RateWindowOptions {
  readonly marginMs: number;
  readonly clock: Clock;
}

/** Builds a window of `perMs + marginMs` milliseconds, with a log of the sends that lie in it. */
export function createRateWindow(limit: RateLimit, options: RateWindowOptions): RateWindow {
  return new LogWindow(limit, options);
}

/** A class, as each source has one or more: an object literal with accessors is a table of its own. */
class LogWindow implements RateWindow {
  readonly declared: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #limit: AdaptiveLimit;
  readonly #log: StampLog;

  constructor({ requests, perMs }: RateLimit, { marginMs, clock }: RateWindowOptions) {
    this.declared = requests;
    this.#windowMs = perMs + marginMs;
    this.#clock = clock;
    this.#limit = createAdaptiveLimit({ requests, windowMs: this.#windowMs, clock });
    this.#log = createStampLog(requests);
  }

  get allowed(): number {
    return this.#limit.requests;
  }

  hasRoom(cost: number, unsent: number): boolean {
    const log = this.#log;
    const now = this.#clock.now();
    for (let first = log.first; first !== undefined && first + this.#windowMs <= now; first = log.first)
      log.dropFirst();
    const used = log.size + unsent;
    // A lowered limit may be less than one request takes: that one goes when nothing else does, or never.
    return used === 0 || used + cost <= this.#limit.requests;
  }

  get firstLeavesAt(): number {
    return (this.#log.first ?? Infinity) + this.#windowMs;
  }

  granted(): void {
    this.#limit.granted();
  }

  sent(stamp: number, cost: number, entry?: number): number {
    return entry === undefined ? this.#log.add(stamp, cost) : this.#log.move(entry, stamp, cost);
  }

  recall(sends: readonly { readonly ageMs: number; readonly count: number }[]): void {
    const now = this.#clock.now();
    // More than the limit, where that was another one then, hold back until enough of them have left.
    for (const { ageMs, count } of sends) if (ageMs < this.#windowMs) this.#log.add(now - ageMs, count);
  }

  lower(): number | undefined {
    return this.#limit.lower();
  }
}
