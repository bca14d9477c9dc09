import type { NormalizeContext, NormalizerPlan, Step } from '../contracts/normalizer.ts';
import { isObject } from '../unknown.ts';

/** One step of a flattened chain. What it answers is anybody's guess until it is looked at. */
export type FlatStep = (value: never, context: NormalizeContext) => unknown;

/** The steps of a normalizer, in order, with all chains within it unrolled. */
export function flatSteps(normalizer: NormalizerPlan): readonly FlatStep[] {
  if (isList(normalizer)) return normalizer.flatMap(flatSteps);
  if (typeof normalizer === 'function') return [normalizer];
  if ('steps' in normalizer) return flatSteps(normalizer.steps);
  // Called on its object: it may be a method that needs its `this`.
  return [(value, context) => normalizer.normalize(value, context)];
}

/** The module that one of the steps names as its own, where one does. */
export function moduleOf(normalizer: unknown): string | undefined {
  if (Array.isArray(normalizer)) return normalizer.map(moduleOf).find((module) => module !== undefined);
  if (!isObject(normalizer)) return undefined;
  const { module, steps } = normalizer;
  return typeof module === 'string' ? module : moduleOf(steps);
}

/** What keeps a value from being a normalizer, one sentence each; none for a good one. */
export function normalizerProblems(normalizer: unknown): readonly string[] {
  const what =
    'normalizer must be a function, made by defineNormalizer({ normalize(item) { … } }) or chain(…), or a list';
  return isNormalizer(normalizer) ? [] : [`${what} of such steps that is not empty`];
}

function isNormalizer(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isNormalizer);
  if (typeof value === 'function') return true;
  if (!isObject(value)) return false;
  return typeof value['normalize'] === 'function' || (Array.isArray(value['steps']) && isNormalizer(value['steps']));
}

/** `Array.isArray` does not tell a readonly list from what is none. */
function isList(normalizer: NormalizerPlan): normalizer is readonly Step[] {
  return Array.isArray(normalizer);
}
