import type { ResolvedSource } from '../config/resolved.ts';
import type { Clock } from '../contracts/clock.ts';
import type { RateLimiter, SendMemory } from '../contracts/resilience.ts';
import { noLimiter } from './resilience/no-limiter.ts';
import { createSlidingLogLimiter } from './resilience/sliding-log-limiter.ts';
import { createStorm, type Storm } from './resilience/source-pause.ts';

/** What holds back the requests of a source, or of all sources that share a limit. */
export interface SourceLimits {
  readonly limiter: RateLimiter;
  /** What is known of the refusals in a row: several sources of one API meet the same ones. */
  readonly storm: Storm;
  /** Ends the use by one source. The memory of the sends is closed when the last has ended. */
  close(): void;
}

/** For how many sources, by which clock, and what remembers their sends. */
export interface SourceLimitsOptions {
  readonly source: Pick<ResolvedSource, 'rateLimits' | 'rateLimitMarginMs' | 'unpaced'>;
  readonly clock: Clock;
  /** Default: nothing remembers them beyond this process. */
  readonly memory?: SendMemory | undefined;
  /** Sources that use it. Default 1. */
  readonly users?: number;
}

/** Builds the limits of one source, or of as many as `users` says. */
export function createSourceLimits({ source, clock, memory, users = 1 }: SourceLimitsOptions): SourceLimits {
  let left = users;
  return {
    limiter:
      source.unpaced === true
        ? noLimiter
        : createSlidingLogLimiter({
            limits: source.rateLimits,
            marginMs: source.rateLimitMarginMs,
            clock,
            memory,
          }),
    storm: createStorm(),
    close() {
      left -= 1;
      if (left === 0) memory?.close();
    },
  };
}

/** The sources of a run, and what remembers the sends of one. */
export interface LimitsOfRunOptions {
  readonly sources: readonly ResolvedSource[];
  readonly clock: Clock;
  readonly openMemory: (source: ResolvedSource) => SendMemory | undefined;
}

/** Gives each source of a run its limits: the same ones to all of a group, others to everybody else. */
export function createLimitsOfRun({ sources, clock, openMemory }: LimitsOfRunOptions) {
  // Kept until the run ends: a source that starts when another of its group has ended goes on under the same sends.
  const groups = new Map<string, SourceLimits>();
  return (source: ResolvedSource): SourceLimits => {
    const { limitGroup } = source;
    if (limitGroup === undefined) return createSourceLimits({ source, clock, memory: openMemory(source) });
    const users = sources.filter((other) => other.limitGroup === limitGroup).length;
    const limits = groups.get(limitGroup) ?? createSourceLimits({ source, clock, memory: openMemory(source), users });
    groups.set(limitGroup, limits);
    return limits;
  };
}
