import type { UnifiedRecord } from './model.ts';

type Value = string | number | boolean | null;

/** Fields and what they must be: a value, or one of several. `null` stands for a field that is not there, too. */
export type FieldMatch = Readonly<Record<string, Value | readonly Value[]>>;

/** Which records a sink is given: those that have these fields, or for which the function returns true. */
export type RecordFilter = FieldMatch | ((record: UnifiedRecord) => boolean);

/** What a sink is given of all that the sources bring. */
export interface SinkRoute {
  /** Names of sources; undefined for all. */
  readonly sources: readonly string[] | undefined;
  /** Undefined: every record of those sources. */
  readonly filter: RecordFilter | undefined;
}
