import type { DeliveredPage } from '../contracts/engine.ts';
import type { SourceFigures } from '../contracts/journal.ts';
import { addPageMetrics } from '../metrics/page-metrics.ts';
import { countDrop } from '../processing/drop-reasons.ts';
import { mergeCategories } from '../quality/categories.ts';
import { mergeQuality } from '../quality/counts.ts';
import { groupRejects, mergeRejectGroups } from './reject-groups.ts';

/** What a delivered page adds to the figures of its source. */
export interface CountedPage extends Pick<
  DeliveredPage,
  | 'items'
  | 'duplicates'
  | 'dropped'
  | 'drops'
  | 'quality'
  | 'categories'
  | 'split'
  | 'rejects'
  | 'metrics'
  | 'processingMs'
> {}

/** What the page does not say itself. */
export interface PageFigures {
  readonly key: string;
  readonly records: number;
  /** When it was delivered, in milliseconds since the epoch. */
  readonly at: number;
  /** Makes a text of an upstream fit to be kept. */
  readonly clean: (text: string) => string;
}

/** Adds a page to the figures of its source, but for the count of pages. */
export function addPageFigures(
  figures: SourceFigures,
  page: CountedPage,
  { key, records, at, clean }: PageFigures,
): void {
  figures.records += records;
  figures.read += page.items;
  figures.rejected += page.rejects.length;
  figures.duplicates += page.duplicates;
  figures.dropped += page.dropped;
  figures.split += page.split;
  figures.processingMs += page.processingMs;
  for (const [reason, count] of page.drops) countDrop(figures.drops, clean(reason), count);
  if (page.quality !== undefined) mergeQuality(figures.quality, page.quality, clean);
  if (page.categories !== undefined) mergeCategories(figures.categories, page.categories, clean);
  addPageMetrics(figures.metrics, page.metrics);
  if (page.rejects.length === 0) return;
  figures.rejects = mergeRejectGroups(figures.rejects, groupRejects(page.rejects, { key, at }, clean));
}
