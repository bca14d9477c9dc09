import type { ResolvedConfig } from '../../core/index.ts';
import { type Arrival, closestWindow } from './closest-window.ts';

/** How one window of a rate limit was kept, over all lives. */
export interface LimitVerdict {
  /** Whose it is; the names of all that share it, with commas. */
  readonly source: string;
  readonly requests: number;
  readonly per_ms: number;
  readonly arrivals: number;
  /** Shortest time in which one more than `requests` arrived; null where there were not as many. */
  readonly closest_ms: number | null;
  readonly held: boolean;
}

/** What `pipeline chaos` has to say; `--json` prints it as it is. */
export interface ChaosVerdict {
  readonly passed: boolean;
  /** Why it could not be carried through; null where it was. */
  readonly problem: string | null;
  readonly seed: number;
  readonly error_rate: number;
  readonly kills: { readonly wanted: number; readonly made: number };
  /** Processes that it took. */
  readonly lives: number;
  /** Runs that came to their end: more than one where one has not enough room for all kills. */
  readonly runs: number;
  /** Over all runs; `foreign` were delivered and not expected. */
  readonly records: {
    readonly expected: number;
    readonly delivered: number;
    readonly lost: number;
    readonly doubled: number;
    readonly foreign: number;
  };
  /** Requests of one undisturbed run, and of all lives of all runs. */
  readonly requests: { readonly needed: number; readonly made: number };
  readonly limits: readonly LimitVerdict[];
  readonly seconds: number;
  /** Does the same again. */
  readonly command: string;
  /** Where the outputs and the journal are kept; null where all is well, and they are not. */
  readonly folder: string | null;
}

/** Judges every window of each limit by what the upstreams have seen: of sources that share one, all together. */
export function judgeLimits(
  { sources }: Pick<ResolvedConfig, 'sources'>,
  arrivals: ReadonlyMap<string, readonly Arrival[]>,
): readonly LimitVerdict[] {
  const limits = new Map<string, readonly (typeof sources)[number][]>();
  for (const source of sources) {
    // No source is called so: a name has no space.
    const key = source.limitGroup === undefined ? source.name : `group ${source.limitGroup}`;
    limits.set(key, [...(limits.get(key) ?? []), source]);
  }
  return [...limits.values()].flatMap((sharing) => {
    const seen = sharing.flatMap(({ name }) => arrivals.get(name) ?? []);
    return (sharing[0]?.rateLimits ?? []).map(({ requests, perMs }) => {
      const closest = closestWindow(seen, requests);
      return {
        source: sharing.map(({ name }) => name).join(', '),
        requests,
        per_ms: perMs,
        arrivals: seen.length,
        closest_ms: closest === undefined ? null : Math.round(closest * 10) / 10,
        held: closest === undefined || closest >= perMs,
      };
    });
  });
}

/** Whether nothing was lost, doubled or made up, no limit was broken, and every kill was made. */
export function hasPassed({
  problem,
  kills,
  records: { lost, doubled, foreign },
  limits,
}: Pick<ChaosVerdict, 'problem' | 'kills' | 'records' | 'limits'>): boolean {
  const whole = lost === 0 && doubled === 0 && foreign === 0;
  return problem === null && whole && kills.made === kills.wanted && limits.every(({ held }) => held);
}
