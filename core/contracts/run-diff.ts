import type { ErrorCode } from '../errors.ts';
import type { RejectReason } from './batch.ts';
import type { SourceState } from './report.ts';

/** A figure of two runs. */
export interface Shift<Value = number> {
  readonly before: Value;
  readonly after: Value;
}

/** Which runs' records are to be compared; asked of the sink that keeps them. */
export interface RecordsDiffRequest {
  /** Folder against which relative paths are resolved: the config's. */
  readonly baseDir: string;
  readonly runs: Shift<string>;
}

/** How the records of one source differ between two runs: by id, and by every field but `processed_at`. */
export interface SourceRecordsDiff {
  readonly source: string;
  readonly records: Shift;
  readonly new: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
  /**
   * Which of the runs had every record that the upstream has. Where `before` had not, what is new may have been there;
   * where `after` had not, what is removed may still be.
   */
  readonly whole: Shift<boolean>;
}

/** A field whose value differs in records that both runs have. */
export interface ChangedField {
  readonly source: string;
  readonly field: string;
  /** In how many records. */
  readonly records: number;
  /** The first by id, at most 3; values as JSON, cut to 200 characters, null where there is none. */
  readonly examples: readonly ({ readonly id: string } & Shift<string | null>)[];
}

/** A field that the records of a source have in one run alone, or with other types of JSON. */
export interface FieldDrift {
  readonly source: string;
  readonly field: string;
  readonly kind: 'appeared' | 'disappeared' | 'type';
  /** Types of its values that are not null: `string`, `number`, `boolean`, `object`, `array`. */
  readonly types: Shift<readonly string[]>;
}

/** How the records of two runs differ. */
export interface RecordsDiff {
  /** Each source of one of them, by name. */
  readonly sources: readonly SourceRecordsDiff[];
  /** Those of most records first, at most 100. */
  readonly fields: readonly ChangedField[];
  readonly fields_omitted: number;
  readonly drift: readonly FieldDrift[];
  /** The first by id, at most 10 of each. */
  readonly ids: { readonly new: readonly string[]; readonly removed: readonly string[] };
}

/** How one source went in two runs. Null where a run does not have it. */
export interface SourceShift {
  readonly source: string;
  readonly state: Shift<SourceState | null>;
  readonly records: Shift<number | null>;
  readonly rejected: Shift<number | null>;
  readonly errors: Shift<number | null>;
  readonly pages_failed: Shift<number | null>;
  readonly requests: Shift<number | null>;
  readonly retries: Shift<number | null>;
  /** Of the requests on the wire, in milliseconds. */
  readonly latency_ms: { readonly p50: Shift<number | null>; readonly p95: Shift<number | null> };
  readonly total_ms: Shift<number | null>;
}

/** How often one kind of error came in two runs. */
export interface ErrorShift {
  /** Name of the source or sink. */
  readonly endpoint: string;
  readonly error: ErrorCode;
  readonly reason?: RejectReason;
  readonly count: Shift;
}

/** How two runs differ. */
export interface RunDiff {
  readonly runs: Shift<{ readonly run_id: string; readonly started_at: string; readonly partial: boolean }>;
  readonly records: Shift;
  readonly seconds: Shift;
  /** In the order of the later run's config, those of the earlier one alone behind. */
  readonly sources: readonly SourceShift[];
  /** Each kind of error that one of them had, the largest difference first. */
  readonly errors: readonly ErrorShift[];
  /** Null where the records of one of them are not kept; `records_missing` says why. */
  readonly records_diff: RecordsDiff | null;
  readonly records_missing: string | null;
}
