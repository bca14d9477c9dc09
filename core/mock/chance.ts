import type { MiddlewareHandler } from 'hono';
import { createDice } from '../dice.ts';
import type { MockEnvironment } from './arrivals.ts';

/**
 * Gives each request its own dice. They depend on the target and on how often it was asked for, not on the order
 * of arrivals: concurrent clients meet the same faults in every run.
 */
export function chance(seed: number): MiddlewareHandler<MockEnvironment> {
  const asked = new Map<string, number>();
  return async function giveDice(c, next) {
    // The target is the URL without its origin, whose port differs from run to run.
    const target = c.req.url.slice(new URL(c.req.url).origin.length);
    const times = (asked.get(target) ?? 0) + 1;
    asked.set(target, times);
    c.set('dice', createDice(`${seed} ${target} ${times}`));
    await next();
  };
}
