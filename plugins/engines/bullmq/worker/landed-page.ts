import {
  type AcceptedPage,
  countOfDrops,
  type HttpResponse,
  type LetterContent,
  type Listing,
  type PageRead,
  type PageRequest,
  parseTotal,
  type Reject,
  type SourcePlan,
} from '../../../../core/engine.ts';
import type { TotalsShare } from '../ledger/ledger.ts';
import type { OpenPage } from '../ledger/open-page.ts';
import type { LandedPage } from '../ledger/outcome.ts';

export interface LandedPageOptions {
  readonly source: string;
  readonly page: OpenPage;
  readonly accepted: AcceptedPage;
  readonly attempts: number;
  readonly response: HttpResponse;
  readonly letters: LetterContent;
  /** Records of it, as JSON. */
  readonly samples: readonly string[];
}

/** Characters of raw items that the rejects of one page take along: a page may be nothing but rejects. */
const mostRawText = 256 * 1024;

/** What is told of a page once its records are written. */
export function landedPage(options: LandedPageOptions): LandedPage {
  const { source, page, accepted, attempts, response, letters, samples } = options;
  const { page: read, duplicates } = accepted;
  const { child, key } = page.request;
  return {
    kind: 'landed',
    source,
    key,
    ...(child !== undefined && { child: { name: child.name, parent: child.parent } }),
    items: read.items,
    records: read.count,
    duplicates,
    dropped: countOfDrops(read.drops),
    drops: read.drops,
    ...(read.quality !== undefined && { quality: read.quality }),
    ...(read.categories !== undefined && { categories: read.categories }),
    split: read.split,
    rejects: boundedRejects(read.rejects, letters),
    metrics: read.metrics,
    attempts,
    bytes: response.body.length,
    ...(response.unchanged === true && { unchanged: true }),
    processingMs: read.processingMs,
    ...(samples.length > 0 && { samples }),
    ...(read.cursor !== undefined && { cursor: read.cursor }),
  };
}

/** Each is told; only so many of the raw items go through Redis, and none with a secret in it. */
function boundedRejects(rejects: readonly Reject[], letters: LetterContent): readonly Reject[] {
  let left = mostRawText;
  return rejects.map((reject) => {
    const raw = left > 0 ? letters.item(reject.raw) : undefined;
    left -= raw?.length ?? 0;
    return raw === undefined ? { ...reject, raw: '', truncated: true } : { ...reject, raw };
  });
}

/** How a page adds to the totals; see `createTotals`. What a plugin's accessor trips over declares nothing. */
export function totalsShare(
  { pagination }: SourcePlan['plugin'],
  { pager, child }: Pick<Listing, 'pager' | 'child'>,
  request: PageRequest,
  page: PageRead,
  headers: HttpResponse['headers'],
): TotalsShare {
  const opens = child === undefined ? pagination.opens?.(request) : request.child?.first === true;
  return { items: page.items, total: page.total ?? inHeaders(pager, headers), opens, child: child?.name };
}

function inHeaders(pager: Listing['pager'], headers: HttpResponse['headers']): number | undefined {
  try {
    return parseTotal(pager.totalInHeaders?.(headers));
  } catch {
    return undefined;
  }
}
