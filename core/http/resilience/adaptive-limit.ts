import type { Clock } from '../../contracts/clock.ts';

/** What was declared, and by which clock its windows are counted. */
export interface AdaptiveLimitOptions {
  /** The most requests in a window: where the limit begins, and what it never exceeds. */
  readonly requests: number;
  /** Length of a window, in milliseconds. */
  readonly windowMs: number;
  readonly clock: Clock;
}

/** How many requests a window may hold now: what was declared, or fewer while the upstream allows fewer. */
export interface AdaptiveLimit {
  readonly requests: number;
  /** Counts one grant. The first one after a whole window without a refusal raises the limit by a step. */
  granted(): void;
  /** Halves the limit. Returns what it is now, undefined where it was one already and stays so. */
  lower(): number | undefined;
}

/** Steps from nothing to what was declared, at most: one by one, a limit of thousands would take hours to recover. */
const mostSteps = 20;

/**
 * Builds a limit that finds out what the upstream really allows, where that is less than was declared: "additive
 * increase, multiplicative decrease" (Chiu and Jain, 1989), by which TCP shares a line. A refusal halves it, never
 * below one; each window without one raises it by a step: 1, or a twentieth of what was declared if that is more.
 *
 * Only windows with grants count: neither a pause nor idle time says anything of what the upstream would allow.
 */
export function createAdaptiveLimit(options: AdaptiveLimitOptions): AdaptiveLimit {
  return new Limit(options);
}

/** A class, as each window of each source has one: an object literal with an accessor is a table of its own. */
class Limit implements AdaptiveLimit {
  readonly #declared: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #step: number;
  #allowed: number;
  // Of the grant with which the current window began; undefined from a refusal to the first grant after it.
  #windowBegan: number | undefined;

  constructor({ requests, windowMs, clock }: AdaptiveLimitOptions) {
    this.#declared = requests;
    this.#windowMs = windowMs;
    this.#clock = clock;
    this.#step = Math.ceil(requests / mostSteps);
    this.#allowed = requests;
  }

  get requests(): number {
    return this.#allowed;
  }

  granted(): void {
    if (this.#allowed === this.#declared) return;
    const now = this.#clock.now();
    if (this.#windowBegan === undefined) {
      this.#windowBegan = now;
    } else if (this.#windowBegan + this.#windowMs <= now) {
      this.#windowBegan = now;
      this.#allowed = Math.min(this.#declared, this.#allowed + this.#step);
    }
  }

  lower(): number | undefined {
    this.#windowBegan = undefined;
    if (this.#allowed === 1) return undefined;
    // Rounded up: from one above what the upstream allows, the way down is to that, not to half of it.
    this.#allowed = Math.ceil(this.#allowed / 2);
    return this.#allowed;
  }
}
