import { droppedFor, type NormalizeContext } from '../contracts/normalizer.ts';
import { isObject } from '../unknown.ts';
import type { FlatStep } from './flat-steps.ts';

/** Takes an item through steps, unchecked: what comes out is one value, or a list where a step has split it. Throws what a step throws. */
export function runSteps(steps: readonly FlatStep[], item: unknown, context: NormalizeContext): unknown {
  const [step, ...rest] = steps;
  // What an enricher makes of it, nobody knows here: it ends there.
  if (typeof step !== 'function') return item;
  const answer = step(item as never, context);
  const go = (value: unknown): unknown =>
    isObject(value) && !isDropped(value) ? runSteps(rest, value, context) : value;
  return Array.isArray(answer) ? answer.flatMap(go) : go(answer);
}

/** Whether a value is what `drop` returns. */
export function isDropped(value: unknown): boolean {
  return isObject(value) && Reflect.has(value, droppedFor);
}
