import type { Enricher } from '../contracts/enricher.ts';

/** Declares a step that may wait, for an answer of the source's upstream above all; gives it back unchanged, typed. */
export function defineEnricher<In, Out>(
  enricher: Enricher<In, Out> & { readonly optional: true },
): Enricher<In, In | Out>;
export function defineEnricher<In, Out>(enricher: Enricher<In, Out>): Enricher<In, Out>;
export function defineEnricher(enricher: Enricher): Enricher {
  return enricher;
}
