import type { RateLimit } from '../../contracts/source.ts';
import { SluiceError } from '../../errors.ts';

/** Says why a request that takes more places than a window has is never let go: `cost_refused`. */
export function costRefused(cost: number, limits: readonly RateLimit[]): SluiceError {
  const smallest = limits.toSorted((a, b) => a.requests - b.requests)[0];
  const text = `a request costs ${cost} places, and a window of ${smallest?.perMs} ms has ${smallest?.requests}`;
  return new SluiceError('cost_refused', `${text}: it could never be sent; correct cost() or rateLimit`);
}
