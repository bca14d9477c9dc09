import type { PageRequest } from '../contracts/page.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { SluiceError } from '../errors.ts';

/** How many places of each rate-limit window a request takes. Throws `cost_refused` for what is no number of places. */
export function requestCost(plugin: SourcePlugin, request: PageRequest): number {
  const cost: unknown = plugin.cost?.(request) ?? 1;
  if (typeof cost === 'number' && Number.isSafeInteger(cost) && cost >= 1) return cost;
  throw new SluiceError(
    'cost_refused',
    `cost() gave ${String(cost)} for a request: return a whole number of at least 1`,
  );
}
