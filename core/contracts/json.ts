/** A value that JSON can hold: what may be journaled, sent to another process, or put into options. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** An object that JSON can hold. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** A parsed body nobody has checked yet. Every read gives `unknown`. */
export interface UnknownBody {
  readonly [key: string]: unknown;
}
