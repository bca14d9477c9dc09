import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { NormalizerPlan } from '../contracts/normalizer.ts';
import { normalizerProblems } from '../normalizing/flat-steps.ts';
import { checkNormalizer } from './normalizer-checks.ts';
import { createProblems } from './problems.ts';

/** What a normalizer is tested with. */
export interface NormalizerTestOptions {
  /** Raw items as the upstream sends them; some real ones say more than many made up. */
  readonly items: readonly unknown[];
  /** Decides which odd values hostile items hold. Default 1. */
  readonly seed?: number;
  /** What the source holds its items against first, as its `raw`. Default: nothing. */
  readonly raw?: StandardSchemaV1;
}

/**
 * Tests a normalizer: that it makes an object with an id of each item, each item's own; that it is pure and leaves its
 * items as they are; and that it does not trip over items with fields that are missing, null, or anything else. Throws
 * one `conformance_failed` that lists all that is wrong.
 */
export async function testNormalizer(
  normalizer: NormalizerPlan,
  { items, seed = 1, raw }: NormalizerTestOptions,
): Promise<void> {
  const problems = createProblems('the normalizer');
  const unfit = normalizerProblems(normalizer);
  for (const problem of unfit) problems.add(problem);
  if (unfit.length > 0) problems.throwAny();
  if (items.length === 0) problems.add('there are no items to test it on');
  else checkNormalizer(normalizer, { items, source: 'test', seed: String(seed), raw }, problems);
  problems.throwAny();
}
