import type { SourceFigures, TotalsState } from '../contracts/journal.ts';
import type { PageRequest } from '../contracts/page.ts';
import { noFigures, writeFigures } from './figures.ts';
import { writeHashes } from './hashes.ts';
import type { SourceEpoch } from './lines.ts';

/** Gathers what happens to one source between two seals. */
export interface SourceEpochBuilder {
  readonly added: (PageRequest | { readonly extra: PageRequest })[];
  readonly preceded: number[];
  readonly expanded: number[];
  readonly attempted: (readonly [ordinal: number, attempts: number])[];
  readonly done: number[];
  readonly failed: number[];
  readonly ids: BigUint64Array[];
  readonly pages: bigint[];
  readonly keys: Map<string, BigUint64Array[]>;
  readonly figures: SourceFigures;
  capped: boolean;
  refused: SourceEpoch['refused'];
  skipped: number;
  redriven: number;
  totals: TotalsState | undefined;
}

/** An epoch in which nothing has happened to the source. */
export function beginSourceEpoch(): SourceEpochBuilder {
  return {
    added: [],
    preceded: [],
    expanded: [],
    attempted: [],
    done: [],
    failed: [],
    ids: [],
    pages: [],
    keys: new Map(),
    figures: noFigures(),
    capped: false,
    refused: undefined,
    skipped: 0,
    redriven: 0,
    totals: undefined,
  };
}

/** Keeps the hashes of values that are to be unique, under the name of their rule. */
export function keepKeys({ keys }: SourceEpochBuilder, name: string, hashes: BigUint64Array): void {
  const known = keys.get(name);
  if (known === undefined) keys.set(name, [hashes]);
  else known.push(hashes);
}

/** The epoch as it stands in its line; what is empty is left out. */
export function writeSourceEpoch(epoch: SourceEpochBuilder): SourceEpoch {
  const { added, preceded, expanded, attempted, done, failed, ids, pages, keys } = epoch;
  const { capped, refused, skipped, redriven, totals } = epoch;
  const figures = writeFigures(epoch.figures);
  return {
    ...(added.length > 0 && { added }),
    ...(preceded.length > 0 && { preceded }),
    ...(expanded.length > 0 && { expanded }),
    ...(attempted.length > 0 && { attempted }),
    ...(capped && { capped }),
    ...(refused !== undefined && { refused }),
    ...(done.length > 0 && { done }),
    ...(skipped > 0 && { skipped }),
    ...(failed.length > 0 && { failed }),
    ...(redriven > 0 && { redriven }),
    ...(ids.length > 0 && { ids: writeHashes(ids) }),
    ...(pages.length > 0 && { pages: writeHashes([BigUint64Array.from(pages)]) }),
    ...(keys.size > 0 && { keys: [...keys].map(([name, hashes]) => [name, writeHashes(hashes)] as const) }),
    // `declared` is left out by JSON where it is undefined.
    ...(totals !== undefined && { totals }),
    ...(Object.keys(figures).length > 0 && { figures }),
  };
}
