import type { StandardSchemaV1 } from '@standard-schema/spec';

/** The fields that the framework itself puts into each record. */
export interface RecordHead {
  /** `<source>:<source_id>`: unique over all sources. */
  readonly id: string;
  readonly source: string;
  /** The upstream's own id, as text. */
  readonly source_id: string;
  /** ISO 8601 time at which the page was processed. */
  readonly processed_at: string;
}

/** A record as sinks see it. */
export type UnifiedRecord<Fields extends object = Record<string, unknown>> = RecordHead & Readonly<Fields>;

/**
 * What a run makes of every item: a schema (anything that implements Standard Schema: zod, valibot,
 * arktype, or by hand) over the fields beside the head.
 */
export interface Model<Output extends object = object, Input = unknown> {
  readonly name: string;
  /** Versions of the plugin API that it was written for, as a semver range such as `^1`. Default: not checked. */
  readonly api?: string;
  /** Checks and shapes what a normalizer returned. A schema that answers with a promise is refused. */
  readonly schema: StandardSchemaV1<Input, Output>;
  /** Fields in the order in which they are written; the head goes around them. Default: as the schema returns them. */
  readonly fields?: readonly string[];
  /** Fields that become `null` where a normalizer leaves them out. */
  readonly optional?: readonly string[];
  /** What the metrics measure: a number to describe and a text to group by. Default: records are only counted. */
  readonly metrics?: { readonly value?: string; readonly group?: string };
}

/** A field as a normalizer may give it: a raw number, or text that is a plain decimal number. */
export type Numeric = number | string | null | undefined;
