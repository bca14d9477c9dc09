/** What a page's items come to, gathered item by item. */
import type { PageRead, Reject } from '../contracts/batch.ts';
import type { Model } from '../contracts/model.ts';
import type { QualityCounts } from '../contracts/quality.ts';
import { createPageMetrics } from '../metrics/page-metrics.ts';
import { countCategory, noCategories } from '../quality/categories.ts';
import { countBroken } from '../quality/counts.ts';
import type { Hasher } from './hash.ts';
import { type EncodeLines, encodeLines } from './line-room.ts';
import type { Part } from './make-item.ts';
import type { MadeRecord } from './make-record.ts';
import { createReject, type ItemFault } from './reject.ts';
import { countDrop } from './drop-reasons.ts';

export type GatheredContent = Pick<
  PageRead,
  | 'split'
  | 'count'
  | 'ndjson'
  | 'idHashes'
  | 'metrics'
  | 'rejects'
  | 'skipped'
  | 'drops'
  | 'quality'
  | 'keys'
  | 'categories'
>;

export interface PageContent {
  /**
   * Takes what became of the item at `index`; in the order of the items. Says whether any of it became a record or was
   * dropped as unwanted: neither rejected nor left out as a duplicate.
   */
  add(made: Part | readonly Part[], index: number, item: unknown): boolean;
  build(): GatheredContent;
}

export interface PageContentOptions {
  readonly model: Model;
  readonly hash: Hasher;
  /** Items of the page. */
  readonly length: number;
  /** See `PageInput`. */
  readonly known: BigUint64Array | undefined;
  /** What is to be unique among the records of the source. Default: nothing but their ids. */
  readonly keyNames?: readonly string[] | undefined;
  /** Default: the lines get bytes of their own. */
  readonly encode?: EncodeLines | undefined;
}

const unasked: ItemFault = { reason: 'enrichment_failed', message: 'there is no upstream to ask here' };

export function createPageContent(options: PageContentOptions): PageContent {
  const { model, hash, length, known, keyNames, encode = encodeLines } = options;
  const metrics = createPageMetrics(model.metrics);
  const rejects: Reject[] = [];
  const drops = new Map<string, number>();
  const quality: QualityCounts = new Map();
  const categories = noCategories();
  const keys = keyNames?.map((name) => [name, [] as bigint[]] as const);
  const taken = known === undefined ? undefined : new Set(known);
  // One record an item is the rule, and then this never grows.
  let idHashes = new BigUint64Array(length);
  let ndjson = '';
  let count = 0;
  let skipped = 0;
  let split = 0;

  /** Says whether it is kept. */
  function addRecord(made: MadeRecord): boolean {
    const id = hash.text(made.id);
    if (taken !== undefined) {
      if (taken.has(id)) {
        skipped++;
        return false;
      }
      taken.add(id);
    }
    if (count === idHashes.length) idHashes = grown(idHashes);
    ndjson += made.line;
    idHashes[count] = id;
    count++;
    metrics.add(made.fields);
    if (made.category !== undefined) countCategory(categories, made.category);
    if (made.broken !== undefined) {
      for (const { rule, message } of made.broken) countBroken(quality, rule, { record: made.id, message });
    }
    keys?.forEach(([, hashes], place) => {
      const key = made.keys?.[place];
      hashes.push(key === undefined ? 0n : hash.text(key));
    });
    return true;
  }

  function addPart(made: Part, index: number, item: unknown, part?: number): boolean {
    if ('line' in made) return addRecord(made);
    if ('dropped' in made) {
      countDrop(drops, made.dropped, 1);
      return true;
    }
    if ('reason' in made && made.broken !== undefined) {
      countBroken(quality, made.broken.rule, { record: made.broken.record, message: made.message });
    }
    // What is neither stands before an enricher, and there is nobody who could be asked: a preview, for one.
    rejects.push(createReject('reason' in made ? made : unasked, index, item, part));
    return false;
  }

  return {
    add(made, index, item) {
      if (!isList(made)) return addPart(made, index, item);
      split += made.length - 1;
      let kept = false;
      made.forEach((part, place) => {
        if (addPart(part, index, item, made.length > 1 ? place : undefined)) kept = true;
      });
      return kept;
    },
    build: () => ({
      split,
      count,
      ndjson: encode(ndjson),
      idHashes: count === idHashes.length ? idHashes : idHashes.slice(0, count),
      metrics: metrics.build(),
      rejects,
      skipped,
      drops,
      ...(quality.size > 0 && { quality }),
      ...(categories.mapped.size + categories.unmapped.size > 0 && { categories }),
      ...(keys !== undefined && keys.length > 0 && { keys: new Map(keys.map(asColumn)) }),
    }),
  };
}

function asColumn([name, hashes]: readonly [string, readonly bigint[]]): [string, BigUint64Array] {
  return [name, BigUint64Array.from(hashes)];
}

function grown(hashes: BigUint64Array<ArrayBuffer>): BigUint64Array<ArrayBuffer> {
  const larger = new BigUint64Array(Math.max(16, hashes.length * 2));
  larger.set(hashes);
  return larger;
}

function isList(made: Part | readonly Part[]): made is readonly Part[] {
  return Array.isArray(made);
}
