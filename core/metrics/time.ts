import type { TimeSpent, TimeUse } from '../contracts/stages.ts';
import { addTo } from './partial.ts';

/** Every use of time, in the order in which it is told: along the way of a page. */
export const timeUses = [
  'rate_limit',
  'pause',
  'upstream',
  'concurrency',
  'backoff',
  'breaker',
  'workers',
  'sinks',
  'memory',
  'other',
] as const satisfies readonly TimeUse[];

/** Adds what was told of one stretch of time. */
export function addTime(into: Map<TimeUse, number>, spent: TimeSpent): void {
  for (const use of timeUses) {
    const ms = spent[use];
    if (ms !== undefined) addTo(into, use, ms);
  }
}
