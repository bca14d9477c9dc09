import { type CountPlace, type Finding, at, pathText } from './finding.ts';
import { parseTotal } from '../pagination/total.ts';
import { leavesOf, plainKey } from './walk-body.ts';

/** What one answer says, as far as counts go. */
export interface CountedAnswer {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** Items of the page. */
  readonly items: number;
}

const totalKey =
  /^(?:total|totalcount|totalitems|totalresults|totalrecords|totalelements|count|nbhits|numfound|odatacount|resultcount|resultscount)$/;
const pagesKey = /^(?:totalpages|pagecount|pages|lastpage|numpages|nbpages|pagestotal)$/;
const totalHeader = /^(?:xtotalcount|xtotal|xwptotal|totalcount|xpaginationtotalcount|xpagingtotal|xcount)$/;
const pagesHeader = /^(?:xtotalpages|xwptotalpages|xpagecount|xpaginationpagecount|xpaginationtotalpages)$/;

/** Finds where the number of all items stands, from two pages of one listing. */
export function findTotal(first: CountedAnswer, second: CountedAnswer | undefined): Finding<CountPlace> | undefined {
  return find(totalKey, totalHeader, first, second, (value) => value >= first.items);
}

/** Finds where the number of pages stands. */
export function findPages(first: CountedAnswer, second: CountedAnswer | undefined): Finding<CountPlace> | undefined {
  return find(pagesKey, pagesHeader, first, second, (value) => value >= 1);
}

function find(
  key: RegExp,
  header: RegExp,
  first: CountedAnswer,
  second: CountedAnswer | undefined,
  fits: (value: number) => boolean,
): Finding<CountPlace> | undefined {
  const places: CountPlace[] = [
    ...Object.keys(first.headers)
      .filter((name) => header.test(plainKey(name)))
      .map((name): CountPlace => ({ in: 'header', name })),
    ...leavesOf(first.body)
      .filter((leaf) => key.test(leaf.key))
      .map(({ path }): CountPlace => ({ in: 'body', path })),
  ];
  for (const place of places) {
    const value = countAt(place, first);
    if (value === undefined || !fits(value)) continue;
    const where = place.in === 'header' ? `the header ${place.name}` : pathText(place.path);
    const again = second === undefined ? undefined : countAt(place, second);
    // A count that is another one on the next page counts that page.
    if (second !== undefined && again !== value) continue;
    const because = second === undefined ? `${where} says ${value}` : `${where} says ${value} on two pages`;
    return { value: place, certainty: second === undefined ? 'likely' : 'sure', because };
  }
  return undefined;
}

/** The number at that place, if it is one. */
function countAt(place: CountPlace, { body, headers }: Pick<CountedAnswer, 'body' | 'headers'>): number | undefined {
  return parseTotal(place.in === 'header' ? headers[place.name] : at(body, place.path));
}
