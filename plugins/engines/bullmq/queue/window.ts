import type { SourcePlan } from '../../../../core/engine.ts';
import type { Window } from '../ledger/open-page.ts';

/** Requests in backoff hold no place at the upstream: twice as many as that takes may be under way, as in one process. */
export function windowOf({ plugin, concurrency }: SourcePlan): Window {
  const window = concurrency * 2;
  return { window, branching: plugin.children === undefined ? window : concurrency };
}
