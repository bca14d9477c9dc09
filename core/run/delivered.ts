import type { Complete } from '../complete.ts';
import type { ChildOf } from '../contracts/child.ts';
import type { DeliveredPage } from '../contracts/engine.ts';
import type { AcceptedPage } from './acceptance.ts';
import { countOfDrops } from '../processing/drop-reasons.ts';
import { createBatch } from './batch.ts';
import type { TotalsState } from '../contracts/journal.ts';

/** What an accepted page does not tell by itself. */
export interface DeliveryOptions extends Pick<DeliveredPage, 'attempts' | 'bytes' | 'release'> {
  readonly source: string;
  readonly pageKey: string;
  /** Undefined for items that were driven again: they are no page of the worklist. */
  readonly ordinal: number | undefined;
  /** Default false. */
  readonly unchanged?: true | undefined;
  /** As they are now, with this page in them. */
  readonly totals: { readonly state: TotalsState };
  /** The dependent listing that it belongs to. */
  readonly child: ChildOf | undefined;
}

/** An accepted page as the outcome that hands its records over. */
export function createDelivery({ page, duplicates }: AcceptedPage, options: DeliveryOptions): DeliveredPage {
  const { source, pageKey, child, ordinal, totals, attempts, bytes, unchanged, release } = options;
  return {
    kind: 'delivered',
    batch: createBatch(source, pageKey, page),
    child,
    items: page.items,
    duplicates,
    dropped: countOfDrops(page.drops),
    drops: page.drops,
    quality: page.quality,
    split: page.split,
    rejects: page.rejects,
    metrics: page.metrics,
    attempts,
    bytes,
    unchanged,
    processingMs: page.processingMs,
    categories: page.categories,
    receipt: {
      ordinal,
      bytesHash: page.bytesHash,
      idHashes: page.idHashes,
      totals: totals.state,
      keys: page.keys,
    },
    release,
  } satisfies Complete<DeliveredPage>;
}
