import type { NormalizeContext, NormalizerPlan, Step } from '../contracts/normalizer.ts';
import type { Enricher } from '../contracts/enricher.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { isObject } from '../unknown.ts';

/** One step of a flattened chain: a function, whose answer is anybody's guess until it is looked at, or an enricher. */
export type FlatStep = ((value: never, context: NormalizeContext) => unknown) | Enricher;

/** The steps of a normalizer, in order, with all chains within it unrolled. */
export function flatSteps(normalizer: NormalizerPlan): readonly FlatStep[] {
  if (isList(normalizer)) return normalizer.flatMap(flatSteps);
  if (typeof normalizer === 'function') return [normalizer];
  if ('steps' in normalizer) return flatSteps(normalizer.steps);
  if ('enrich' in normalizer) return [normalizer];
  // Called on its object: it may be a method that needs its `this`.
  return [(value, context) => normalizer.normalize(value, context)];
}

/** Whether a source, or a resource that hangs from it, has a step that waits. */
export function hasEnricher({ normalizer, children = [] }: Pick<SourcePlugin, 'normalizer' | 'children'>): boolean {
  const all = [normalizer, ...children.map((child) => child.normalizer)];
  return all.some((plan) => flatSteps(plan).some((step) => typeof step !== 'function'));
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
    'normalizer must be a function, made by defineNormalizer({ normalize(item) { … } }), defineEnricher({ name, enrich }) or chain(…), or a list';
  return isNormalizer(normalizer) ? [] : [`${what} of such steps that is not empty`];
}

function isNormalizer(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isNormalizer);
  if (typeof value === 'function') return true;
  if (!isObject(value)) return false;
  return (
    typeof value['normalize'] === 'function' ||
    isEnricher(value) ||
    (Array.isArray(value['steps']) && isNormalizer(value['steps']))
  );
}

function isEnricher({ enrich, name, concurrency = 1, timeoutMs = 1 }: Readonly<Record<string, unknown>>): boolean {
  const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0;
  return typeof enrich === 'function' && typeof name === 'string' && isCount(concurrency) && isCount(timeoutMs);
}

/** `Array.isArray` does not tell a readonly list from what is none. */
function isList(normalizer: NormalizerPlan): normalizer is readonly Step[] {
  return Array.isArray(normalizer);
}
