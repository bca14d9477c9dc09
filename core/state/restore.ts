import type { EarlierLives, RestoredSource } from '../contracts/journal.ts';
import type { JournalOutline, ReplayedRun, ReplayedSource } from './replay.ts';
import { createIdSet } from '../run/id-set.ts';

/** What the next life of a run begins with. */
export interface RestoredRun {
  readonly restored: ReadonlyMap<string, RestoredSource>;
  readonly earlier: EarlierLives;
}

/**
 * Turns what a journal says into what the sources and the report go on with. `letters` are the rejected items that are
 * to be tried again, by source; in a retry, sources of which nothing failed are not asked at all.
 */
export function restoreRun(
  { run }: Pick<JournalOutline, 'run'>,
  { sources, elapsedMs }: ReplayedRun,
  life: number,
  retry: boolean,
  letters: ReadonlyMap<string, readonly string[]>,
): RestoredRun {
  const restored = new Map<string, RestoredSource>();
  let records = 0;
  for (const name of run.sources) {
    const source = sources.get(name);
    records += source?.figures.records ?? 0;
    if (source !== undefined && (source.added > 0 || retry)) {
      restored.set(name, restoreSource(source, retry, letters.get(name) ?? []));
    } else if (retry) {
      restored.set(name, nothingLeft());
    }
  }
  const figures = new Map([...sources].map(([name, source]) => [name, source.figures]));
  return { restored, earlier: { life, startedAt: run.at, elapsedMs, sources: figures, records } };
}

function restoreSource(source: ReplayedSource, retry: boolean, letters: readonly string[]): RestoredSource {
  const { added, capped, last, seen, ids, pages, delivered, totals } = source;
  const all = [...source.pending.values()];
  const pending = retry ? all.filter(({ ordinal }) => source.retry?.pages.has(ordinal) === true) : all;
  return { added, capped, last, pending, seen, ids, pages, delivered, totals, letters: letters.slice(source.redriven) };
}

/** A source of a retry that had never begun. */
function nothingLeft(): RestoredSource {
  return {
    added: 0,
    capped: false,
    last: undefined,
    pending: [],
    seen: createIdSet(),
    ids: createIdSet(),
    pages: createIdSet(),
    delivered: 0,
    totals: { items: 0, declared: undefined, emptyPages: 0 },
    letters: [],
  };
}
