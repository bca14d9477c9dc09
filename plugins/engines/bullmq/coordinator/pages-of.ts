import { createSourceTotals, type SourcePlan } from '../../../../core/engine.ts';
import type { SourceStanding } from '../ledger/ledger.ts';
import { knownPages } from '../queue/source-end.ts';

/** Pages that a source has, as far as is known. */
export function pagesOf({ plugin }: Pick<SourcePlan, 'plugin'>, standing: SourceStanding): number {
  return knownPages(standing, createSourceTotals(plugin, standing.totals));
}

/** Pages of a source that has not ended that are not there yet. */
export function missingPages(plan: Pick<SourcePlan, 'plugin'>, standing: SourceStanding): number {
  const { waiting, open, delivered, skipped, failed } = standing;
  // One that has not begun lacks a page at least.
  return Math.max(waiting + open, pagesOf(plan, standing) - delivered - skipped - failed, 1);
}
