import type { EarlierLives, RejectedItem, RestoredSource } from '../contracts/journal.ts';
import { SluiceError } from '../errors.ts';
import { recordsOf } from './figures.ts';
import type { JournalOutline, ReplayedRun, ReplayedSource } from './replay.ts';

/** What the next life of a run begins with. */
export interface RestoredRun {
  readonly restored: ReadonlyMap<string, RestoredSource>;
  readonly earlier: EarlierLives;
}

/**
 * Turns what a journal says into what the sources and the report go on with. `letters` are the rejected items that are
 * to be tried again, by source.
 */
export function restoreRun(
  { run }: Pick<JournalOutline, 'run'>,
  { sources, elapsedMs }: ReplayedRun,
  life: number,
  letters: ReadonlyMap<string, readonly RejectedItem[]>,
): RestoredRun {
  const restored = new Map<string, RestoredSource>();
  // A source of which nothing was ever asked begins as in the first life.
  for (const [name, source] of sources) {
    if (source.added > 0) restored.set(name, restoreSource(source, letters.get(name) ?? []));
  }
  const figures = new Map([...sources].map(([name, source]) => [name, source.figures]));
  return { restored, earlier: { life, startedAt: run.at, elapsedMs, sources: figures, records: recordsOf(figures) } };
}

function restoreSource(source: ReplayedSource, letters: readonly RejectedItem[]): RestoredSource {
  const { added, addedOfChildren, capped, last, seen, ids, pages, keys, delivered, skipped, totals } = source;
  const refused = source.refused && new SluiceError(source.refused.code, source.refused.message);
  const pending = [...source.pending.values()];
  return {
    added,
    addedOfChildren,
    capped,
    last,
    pending,
    seen,
    ids,
    pages,
    keys,
    delivered,
    skipped,
    refused,
    totals,
    letters: letters.slice(source.redriven),
  };
}
