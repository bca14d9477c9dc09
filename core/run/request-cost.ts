import type { PageRequest } from '../contracts/page.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { SluiceError } from '../errors.ts';
import { messageOf } from '../processing/message-of.ts';

/** How many places of each rate-limit window a request takes. Throws `cost_refused` where the plugin gives none. */
export function requestCost(plugin: SourcePlugin, request: PageRequest): number {
  const cost: unknown = told(plugin, request) ?? 1;
  if (typeof cost === 'number' && Number.isSafeInteger(cost) && cost >= 1) return cost;
  throw new SluiceError(
    'cost_refused',
    `cost() gave ${String(cost)} for a request: return a whole number of at least 1`,
  );
}

function told(plugin: SourcePlugin, request: PageRequest): unknown {
  try {
    return plugin.cost?.(request);
  } catch (thrown) {
    throw new SluiceError('cost_refused', `cost() failed for a request: ${messageOf(thrown)}`, { cause: thrown });
  }
}
