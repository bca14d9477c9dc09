import type { Complete } from '../complete.ts';
import type { DeliveredPage } from '../contracts/engine.ts';
import type { RunEvent } from '../contracts/events.ts';

/** What listeners hear of a delivered page. Named one by one: copies by rest and spread are slow to make and to read. */
export function deliveredEvent(page: DeliveredPage): RunEvent {
  const { batch, receipt } = page;
  return {
    type: 'page-delivered',
    source: batch.source,
    key: batch.pageKey,
    records: batch.count,
    again: receipt.ordinal === undefined ? true : undefined,
    items: page.items,
    duplicates: page.duplicates,
    dropped: page.dropped,
    drops: page.drops,
    quality: page.quality,
    categories: page.categories,
    split: page.split,
    rejects: page.rejects,
    metrics: page.metrics,
    attempts: page.attempts,
    bytes: page.bytes,
    unchanged: page.unchanged,
    processingMs: page.processingMs,
  } satisfies Complete<Extract<RunEvent, { type: 'page-delivered' }>>;
}
