import type { JsonObject, UnknownBody } from './json.ts';
import type { NormalizerPlan } from './normalizer.ts';
import type { SourceAdapter } from './pager.ts';
import type { RateLimit } from './source.ts';

/** A listing that hangs from each item of a source, such as the reviews of a product; made by `defineChild`. */
export interface ChildResource {
  /** Lower-case name, unique within the source; it stands before the ids of its records. */
  readonly name: string;
  /**
   * The fields of a parent that its listing and the records in it need, as plain JSON; undefined for a parent without
   * one. Asked in the worker for each item of which anything became a record or was dropped; what it throws rejects that item.
   */
  parent(item: never): JsonObject | undefined;
  /** The pager of one parent's listing. Pure: it is made anew from the same fields whenever it is needed. */
  pagination(parent: JsonObject): SourceAdapter;
  /** Finds the list of items in a parsed body. Default: the body itself. Runs in the worker. */
  items?(body: UnknownBody): unknown;
  /** Gets the parent's fields in its context. */
  readonly normalizer: NormalizerPlan;
  /** What the upstream allows for these requests, instead of the source's own limits. Default: they share those. */
  readonly rateLimit?: RateLimit | readonly RateLimit[];
}

/** Which listing of a dependent resource something belongs to. */
export interface ChildOf {
  /** Of the resource. */
  readonly name: string;
  readonly parent: JsonObject;
}
