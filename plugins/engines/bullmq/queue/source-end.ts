import type { SluiceError, SourceState, SourceTotals } from '../../../../core/engine.ts';
import type { SourceStanding } from '../ledger/ledger.ts';
import type { LedgerOutcome } from '../ledger/outcome.ts';

export interface SourceEndOptions {
  readonly source: string;
  readonly standing: SourceStanding;
  readonly totals: Pick<SourceTotals, 'pages' | 'incomplete'>;
  /** Why the source ends before all its pages were asked for, if it does. */
  readonly cut: SluiceError | undefined;
}

/** What is told at the end of a source, as the local engine tells it, and how it ends. */
export function sourceEnd({ source, standing, totals, cut }: SourceEndOptions): {
  readonly outcomes: readonly LedgerOutcome[];
  readonly state: SourceState;
} {
  const { delivered, skipped } = standing;
  const outcomes: LedgerOutcome[] = [];
  let { failed } = standing;
  if (cut !== undefined) {
    const missing = Math.max(
      standing.waiting + standing.open,
      knownPages(standing, totals) - delivered - skipped - failed,
    );
    // Pages that only a wrong total speaks of are none.
    const pages = cut.code === 'total_mismatch' ? 1 : Math.max(missing, 1);
    failed += pages;
    outcomes.push({ kind: 'failed', source, pages, error: cut });
  }
  const incomplete = failed + skipped === 0 ? totals.incomplete : undefined;
  if (incomplete !== undefined) outcomes.push({ kind: 'notice', source, error: incomplete });
  if (failed === 0 && incomplete === undefined) return { outcomes, state: 'complete' };
  return { outcomes, state: delivered + skipped === 0 ? 'failed' : 'partial' };
}

/** Pages that a source is known to have; at least those asked for. */
export function knownPages(
  { added, addedToOwn }: Pick<SourceStanding, 'added' | 'addedToOwn'>,
  { pages }: Pick<SourceTotals, 'pages'>,
): number {
  return Math.max(pages ?? 0, addedToOwn) + added - addedToOwn;
}
