import type { SluiceError } from '../errors.ts';

/** The right to send one request. */
export interface Permit {
  /** The headers are on the wire: the window counts from here. */
  sent(): void;
  /** Gives the right back; no effect once sent. */
  release(): void;
}

/** How a request stands among those that wait for the limiter. */
export interface AcquireOptions {
  /** Before all that did not ask for this, behind those that did; default false. */
  readonly ahead?: boolean;
  /** Places of every window that the request takes; default 1. */
  readonly cost?: number | undefined;
}

/** Sends that an earlier process made, or may have made. */
export interface RememberedSends {
  /** Milliseconds since it happened; 0 for what was granted and may have been sent until that process ended. */
  readonly ageMs: number;
  readonly count: number;
}

/** What a memory holds of one grant; called in the turn in which it happens. */
export interface GrantNote {
  /** It is on the wire as of now. May be called again, which moves it to the later time. */
  sent(): void;
  /** It was given back and will not be sent. */
  released(): void;
}

/**
 * Keeps a limiter's sends and its pause beyond the end of the process, whenever and however that comes. Each method
 * returns when the note is safe from it, and throws nothing: a limiter works on without its memory.
 */
export interface SendMemory {
  /** What was remembered when the memory was opened, oldest first. */
  readonly sends: readonly RememberedSends[];
  /** Milliseconds that were left then of a pause in force; 0 where there was none. */
  readonly pauseMs: number;
  /** Notes that a request of `cost` places (default 1) may go on the wire from now on: called before it may. */
  granted(cost?: number): GrantNote;
  /** Notes a pause of `ms` from now. */
  paused(ms: number): void;
  /** Ends the taking of notes; later ones have no effect. */
  close(): void;
}

/** Holds back requests so that the upstream never sees more than it declared. May be shared by processes. */
export interface RateLimiter {
  /**
   * Resolves when one request may go; rejects with the signal's reason, and with `cost_refused` for one that takes more
   * places than a window has. First come, first served, but for `ahead`: one that takes many is not overtaken.
   */
  acquire(signal: AbortSignal, options?: AcquireOptions): Promise<Permit>;
  /** Stops all sends until `ms` from now. A longer pause in force stays. */
  pause(ms: number): void;
  /** Milliseconds until a pause ends; 0 when there is none. */
  pausedFor(): number;
  /**
   * Allows fewer requests in a window from now on, for the upstream refuses what was declared; windows without a
   * refusal bring the declared number back. Returns how many each window allows now, undefined where none can go lower.
   */
  lower(): readonly number[] | undefined;
}

/** `closed` lets everything through, `open` nothing, `half-open` one probe at a time. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Stops asking an upstream that keeps failing, and lets one probe through after a while. */
export interface CircuitBreaker {
  readonly state: BreakerState;
  /** What the upstream last failed by; undefined while it answers. */
  readonly lastFailure: SluiceError | undefined;
  /** Counts the changes of `state`. */
  readonly era: number;
  /**
   * Resolves when an attempt may be made. Rejects with the signal's reason, or with `circuit_open` (last real
   * failure as cause) once the set number of probes has failed in a row: the upstream is given up.
   */
  ready(signal: AbortSignal): Promise<void>;
  /**
   * Runs `attempt` and counts how it ends; throws `circuit_open` at once where none may be made. What fails after
   * `signal` was aborted says nothing of the upstream, and counts for nothing.
   */
  execute<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Throws `circuit_open` for an attempt that has waited since `era` on its way to the upstream, where none but a probe may
   * be made by now.
   */
  assertLets(era: number): void;
}

/**
 * Bounds how many of a source's requests may be retries of what failed; a refusal for the rate is none, for the limiter
 * holds back what follows it. Delays, never drops. What both functions give back
 * takes the attempt off the count again: one that the breaker refused was none.
 */
export interface RetryBudget {
  /** Counts one first attempt. */
  first(): () => void;
  /** Resolves when one more retry fits, and counts it; rejects with the signal's reason. First come, first served. */
  spend(signal: AbortSignal): Promise<() => void>;
}
