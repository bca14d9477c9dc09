import type { Batch } from '../contracts/batch.ts';
import type { EarlierLives, RunJournal } from '../contracts/journal.ts';
import type { SinkPosition } from '../contracts/sink.ts';
import type { SinkRoute } from '../contracts/sink-route.ts';
import { isObject } from '../unknown.ts';
import { createRecordFilter } from './record-filter.ts';

/** What one sink is given, and how many records it was not given because its filter says so. */
export interface SinkRouting {
  /** Records of earlier lives of the run that were filtered out. */
  readonly earlierFiltered: number;
  /** Records that it had when this life of the run began. */
  readonly earlierWritten: number;
  /** Where it was when this life of the run began, in its own words. */
  readonly position: SinkPosition | undefined;
  /** Whether records of that source are for it. */
  takes(source: string): boolean;
  /** What of a batch is for it. Throws `sink_failed` where the filter is wrong. */
  filtered(batch: Batch): Batch;
  /** A position as the journal keeps it: with the number of records filtered out up to there, where there is a filter. */
  kept(position: SinkPosition, filtered: number): SinkPosition;
}

/** Makes the routing of a sink; `route` undefined gives it everything. */
export function createSinkRouting(
  name: string,
  route: SinkRoute | undefined,
  journal: Pick<RunJournal, 'position' | 'earlier'>,
): SinkRouting {
  const { sources, filter } = route ?? {};
  const chosen = sources && new Set(sources);
  const kept = journal.position(name);
  // What a commit has kept below: this life is of the same config.
  const wrapped = filter !== undefined && isObject(kept) ? kept : undefined;
  const earlierFiltered = Number(wrapped?.['filtered'] ?? 0);
  return {
    earlierFiltered,
    earlierWritten: recordsOf(journal.earlier, sources) - earlierFiltered,
    position: wrapped === undefined ? kept : wrapped['position'],
    takes: (source) => chosen === undefined || chosen.has(source),
    filtered: filter === undefined ? (batch) => batch : createRecordFilter(filter),
    kept: (position, filtered) => (filter === undefined ? position : { filtered, position }),
  };
}

/** Records that every sink has which takes all of them, of these sources. */
export function recordsOf(earlier: EarlierLives | undefined, sources: readonly string[] | undefined): number {
  if (earlier === undefined) return 0;
  if (sources === undefined) return earlier.records;
  return sources.reduce((sum, source) => sum + (earlier.sources.get(source)?.records ?? 0), 0);
}
