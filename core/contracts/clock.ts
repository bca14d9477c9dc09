/** Time as the run sees it. Injected, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds of a clock that never goes back; its zero means nothing. */
  now(): number;
  /** Wall-clock milliseconds since the epoch, for timestamps that people read. */
  date(): number;
  /** Calls `fire` once after `ms`; the returned function cancels it. */
  timer(ms: number, fire: () => void): () => void;
}

/** A source of randomness in [0, 1), injected so that jitter can be repeated from a seed. */
export type Random = () => number;
