import type { Chain, Step } from '../contracts/normalizer.ts';

/** Joins steps into one: each gets what the one before it returned, every record of it where that was a list. */
export function chain<A, B, C>(first: Step<A, B>, second: Step<B, C>): Chain<A, C>;
export function chain<A, B, C, D>(first: Step<A, B>, second: Step<B, C>, third: Step<C, D>): Chain<A, D>;
export function chain<A, B, C, D, E>(
  first: Step<A, B>,
  second: Step<B, C>,
  third: Step<C, D>,
  fourth: Step<D, E>,
): Chain<A, E>;
export function chain(...steps: readonly Step[]): Chain {
  return { steps };
}
