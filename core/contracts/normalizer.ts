import type { Enricher } from './enricher.ts';
import type { JsonObject } from './json.ts';

/** What a normalizer may know about where an item comes from. */
export interface NormalizeContext {
  readonly source: string;
  /** ISO 8601 time that the record will carry. */
  readonly processedAt: string;
  /** Of an item in a dependent listing: the resource, and what `parent` gave of the item that it hangs from. */
  readonly child?: string;
  readonly parent?: JsonObject;
}

/** The upstream's own id beside the model's fields. */
export type Normalized<Fields extends object> = Fields & { readonly id: string | number };

/** Under this key stands the reason in what `drop` returns. Registered, so that every copy of this module has the same. */
export const droppedFor: unique symbol = Symbol.for('sluice.dropped');

/** Says that something is not wanted; made by `drop`. */
export interface Dropped {
  readonly [droppedFor]: string;
}

/** What becomes of one value: another one, several, or none. An empty list drops it too. */
export type Outcome<Out> = Out | Dropped | readonly (Out | Dropped)[];

/** Turns one value into the next, without waiting for anything. */
export type NormalizeFunction<In, Out> = (item: In, context: NormalizeContext) => Outcome<Out>;

/**
 * Turns one raw item into the model's fields. Pure and synchronous; runs in a worker thread. What it
 * throws rejects that item alone, with the message as reason.
 */
export interface Normalizer<Raw = unknown, Fields extends object = object> {
  /** `import.meta.url` of the module whose default export is the source that holds this normalizer: lets a worker load it. */
  readonly module?: string;
  normalize(item: Raw, context: NormalizeContext): Outcome<Normalized<Fields>>;
}

/** One step on the way from a raw item to the model's fields. */
export type Step<In = never, Out = unknown> =
  | NormalizeFunction<In, Out>
  | {
      readonly module?: string;
      normalize(item: In, context: NormalizeContext): Outcome<Out>;
    }
  | Enricher<In, Out>
  | Chain<In, Out>;

/** Steps that follow each other; made by `chain`, which sees to it that each takes what the one before it gives. */
export interface Chain<In = never, Out = unknown> {
  readonly steps: readonly Step[];
  /** Never there: carries the types of the first step's input and the last one's output. */
  readonly types?: { readonly in: (item: In) => void; readonly out: Out };
}

/** How a source turns an item into records: one step, or several that follow each other. */
export type NormalizerPlan = Step | readonly Step[];
