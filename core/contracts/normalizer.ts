/** What a normalizer may know about where an item comes from. */
export interface NormalizeContext {
  readonly source: string;
  /** ISO 8601 time that the record will carry. */
  readonly processedAt: string;
}

/** The upstream's own id beside the model's fields. */
export type Normalized<Fields extends object> = Fields & { readonly id: string | number };

/**
 * Turns one raw item into the model's fields. Pure and synchronous; runs in a worker thread. What it
 * throws rejects that item alone, with the message as reason.
 */
export interface Normalizer<Raw = unknown, Fields extends object = object> {
  /** `import.meta.url` of the module whose default export is the source that holds this normalizer: lets a worker load it. */
  readonly module?: string;
  normalize(item: Raw, context: NormalizeContext): Normalized<Fields>;
}
