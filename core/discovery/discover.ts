import type { RateLimit } from '../contracts/source.ts';
import type { Services } from '../contracts/services.ts';
import { SluiceError } from '../errors.ts';
import { itemsAt, openAsker } from './asker.ts';
import { byCount } from './counted-way.ts';
import { findPages, findTotal } from './find-counts.ts';
import { findId } from './find-id.ts';
import { findItems } from './find-items.ts';
import { findRateLimit } from './find-rate-limit.ts';
import type { BodyPath, CountPlace, Finding, Paging } from './finding.ts';
import { byCursor, byLastItem, byLink, byNextUrl } from './follow-ways.ts';
import { type FoundPage, type FoundPaging, pageOf, pagesOf, type Trial, type Way } from './listing.ts';

/** What was found out about an API. */
export interface DiscoveredApi {
  readonly url: URL;
  readonly items: Finding<BodyPath>;
  readonly id: Finding<BodyPath> | undefined;
  readonly paging: Finding<Paging>;
  readonly total: Finding<CountPlace> | undefined;
  readonly totalPages: Finding<CountPlace> | undefined;
  readonly rateLimit: Finding<RateLimit>;
  /** Pages that came: the first, and the second where there is one. */
  readonly pages: readonly FoundPage[];
  readonly requests: number;
  /** What could not be told, in sentences. */
  readonly unknown: readonly string[];
  /** Takes what the API was asked with out of a text. */
  readonly scrub: (text: string) => string;
}

export interface DiscoverOptions {
  /** Of the first page of a listing. */
  readonly url: URL;
  /** Sent with every request. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly services?: Services;
}

/** The cheapest first: what a page names itself costs one request, numbers have to be tried. */
const ways: readonly Way[] = [byLink, byNextUrl, byCursor, byLastItem, byCount];

/**
 * Asks an unknown API a few requests, two a second, and finds out how it pages, where items, ids and totals stand, and
 * what it declares as its rate limit. Throws a `SluiceError` where the first page can't be had or holds no list of
 * objects, and the signal's reason.
 */
export async function discover({ url, headers = {}, signal, services = {} }: DiscoverOptions): Promise<DiscoveredApi> {
  const asker = await openAsker({ url, headers, signal, services });
  try {
    const answer = await asker.ask(url);
    const items = answer === undefined ? undefined : findItems(answer.body);
    if (answer === undefined || items === undefined) {
      throw new SluiceError('unexpected_shape', `${url.pathname} holds no list of objects: name the URL of a listing`);
    }
    const list = itemsAt(answer.body, items.value) ?? [];
    const id = findId(list);
    const trial: Trial = { first: pageOf(answer, list, id), id: id?.value, ask: pagesOf(asker, items.value, id) };
    const { paging, pages } = await findPaging(trial);
    const counted = pages.map((page) => ({ body: page.body, headers: page.headers, items: page.items.length }));
    const [one = { body: undefined, headers: {}, items: 0 }, two] = counted;
    const total = findTotal(one, two);
    const totalPages = findPages(one, two);
    const found = { url, items, id, paging, total, totalPages, rateLimit: findRateLimit(answer.headers) };
    return {
      ...found,
      pages,
      requests: asker.requests,
      unknown: unknownOf({ ...found, pages }),
      scrub: (text) => asker.scrub(text),
    };
  } finally {
    await asker.close();
  }
}

async function findPaging(trial: Trial): Promise<FoundPaging> {
  for (const way of ways) {
    const found = await way(trial);
    if (found !== undefined) return found;
  }
  const because =
    trial.first.items.length < 2
      ? 'there are too few items to tell one page from another'
      : 'nothing that was tried brought another page';
  return { paging: { value: { style: 'single' }, certainty: 'guess', because }, pages: [trial.first] };
}

function unknownOf({
  items,
  id,
  paging,
  total,
  totalPages,
  rateLimit,
  pages,
}: Omit<DiscoveredApi, 'requests' | 'unknown' | 'scrub'>): string[] {
  const counted = paging.value.style === 'offset' || paging.value.style === 'page';
  const empty = (pages[0]?.items.length ?? 0) === 0;
  return [
    ...(empty ? ['the first page is empty: ids and fields can’t be told from it, and the test fails'] : []),
    ...(id === undefined && !empty
      ? ['no field tells the items apart: put in what does; until then the test fails']
      : []),
    ...(items.certainty === 'guess' ? ['several lists could be the items: see that it is the right one'] : []),
    ...(paging.value.style === 'single' ? ['whether there are more pages'] : []),
    ...(counted && total === undefined && totalPages === undefined
      ? ['how many items there are: a page that is not full ends the listing']
      : []),
    ...(rateLimit.certainty === 'guess' ? ['how fast it may be asked: see its documentation'] : []),
  ];
}
