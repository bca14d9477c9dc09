import type { Numeric, RecordHead } from './model.ts';

/** A record of the built-in model, as sinks see it. What a source does not know is null, never invented. */
export interface Product extends RecordHead {
  readonly title: string;
  readonly price: number | null;
  /** ISO 4217 code, where the source says one. */
  readonly currency: string | null;
  readonly category: string | null;
  readonly brand: string | null;
  readonly rating: number | null;
  readonly description: string | null;
  readonly image: string | null;
  readonly url: string | null;
}

/** What a normalizer may return for a `Product`, beside the source's own id: all but the title can be left out. */
export interface ProductFields {
  readonly title: string;
  readonly price?: Numeric;
  readonly currency?: string | null | undefined;
  readonly category?: string | null | undefined;
  readonly brand?: string | null | undefined;
  readonly rating?: Numeric;
  readonly description?: string | null | undefined;
  readonly image?: string | null | undefined;
  readonly url?: string | null | undefined;
}
