/** Pages that are asked for by number or offset: which parameters do that is found out by trying. */
import { at, type Finding, type Paging } from './finding.ts';
import { type FoundPage, type FoundPaging, isAnother, isSame, type Trial, type Way, withQuery } from './listing.ts';

/** Parameters for the size of a page. */
const sizeParams = [
  'limit',
  'per_page',
  'page_size',
  'pageSize',
  '_limit',
  'size',
  'take',
  'count',
  '$top',
  'page[size]',
] as const;

/** Parameters for where a page starts: in items, or by its number. */
const startParams = [
  { name: 'offset', by: 'item' },
  { name: 'skip', by: 'item' },
  { name: 'page', by: 'page' },
  { name: '_page', by: 'page' },
  { name: '$skip', by: 'item' },
  { name: 'page[number]', by: 'page' },
  { name: 'pageNumber', by: 'page' },
  { name: 'p', by: 'page' },
] as const;

type StartParam = (typeof startParams)[number];

/**
 * Sends all parameters at once, which most APIs do not mind, and sees whether the second page is another one; then finds
 * out which of them did it. An API that refuses what it does not know is asked with the usual pairs.
 */
export const byCount: Way = async (trial) => {
  const limit = pageSize(trial.first);
  if (limit === undefined) return undefined;
  const all = sizes(sizeParams, limit);
  const first = await trial.ask(withQuery(trial.first.url, { ...all, ...starts(startParams, 0, limit) }));
  const second = await trial.ask(withQuery(trial.first.url, { ...all, ...starts(startParams, 1, limit) }));
  const together = first !== undefined && isAnother(second, first);
  if (!together) return atOwnSize(trial, await byPairs(trial, limit));
  for (const start of hinted(trial.first, startParams)) {
    const alone = await trial.ask(withQuery(trial.first.url, { ...all, ...starts([start], 1, limit) }));
    if (alone === undefined || !isSame(alone, second)) continue;
    const paging = await sized(trial, { start, limit, first, second });
    return atOwnSize(trial, { paging, pages: [first, second] });
  }
  return undefined;
};

/** A larger page than this is not asked for, whatever the API takes by itself. */
const largestPage = 100;

/** The size that was tried is a small one: the API's own, where that pages as well, takes fewer requests. */
async function atOwnSize(trial: Trial, found: FoundPaging | undefined): Promise<FoundPaging | undefined> {
  const value = found?.paging.value;
  const limit = trial.first.items.length;
  if (found === undefined || (value?.style !== 'offset' && value?.style !== 'page')) return found;
  const [param, next] = value.style === 'offset' ? [value.offsetParam, limit] : [value.pageParam, value.firstPage + 1];
  const { limitParam } = value;
  const begins = !trial.first.url.searchParams.has(param);
  if (limitParam === undefined || limit <= value.limit || limit > largestPage || !begins) return found;
  const second = await trial.ask(withQuery(trial.first.url, { [limitParam]: limit, [param]: next }));
  if (!isAnother(second, trial.first) || second.items.length > limit) return found;
  return { paging: { ...found.paging, value: { ...value, limit } }, pages: [trial.first, second] };
}

interface Started {
  readonly start: StartParam;
  readonly limit: number;
  readonly first: FoundPage;
  readonly second: FoundPage;
}

/** Finds the parameter for the size, where there is one, and the number of the first page. */
async function sized(trial: Trial, { start, limit, first, second }: Started): Promise<Finding<Paging>> {
  const because = `${start.name} brings the second page`;
  const honoured = first.items.length === limit && first.items.length !== trial.first.items.length;
  const candidates = honoured || first.items.length === limit ? hintedNames(trial.first, sizeParams) : [];
  for (const limitParam of candidates) {
    const page = await trial.ask(withQuery(trial.first.url, { [limitParam]: limit, ...starts([start], 1, limit) }));
    if (isSame(page, second)) return pagingBy(trial, { start, limitParam, limit: first.items.length, first }, because);
  }
  return pagingBy(
    trial,
    { start, limitParam: undefined, limit: first.items.length, first },
    `${because}; no parameter for its size was found`,
  );
}

/** For APIs that refuse parameters which they do not know. */
async function byPairs(trial: Trial, limit: number): Promise<FoundPaging | undefined> {
  const pairs = [
    ['offset', 'limit'],
    ['page', 'per_page'],
    ['page', 'limit'],
    ['skip', 'limit'],
    ['page', 'page_size'],
    ['page', undefined],
  ] as const;
  for (const [name, limitParam] of pairs) {
    const start = startParams.find((param) => param.name === name);
    if (start === undefined) continue;
    const size = limitParam === undefined ? {} : { [limitParam]: limit };
    const first = await trial.ask(withQuery(trial.first.url, { ...size, ...starts([start], 0, limit) }));
    if (first === undefined) continue;
    const second = await trial.ask(withQuery(trial.first.url, { ...size, ...starts([start], 1, limit) }));
    if (!isAnother(second, first)) continue;
    const found = { start, limitParam, limit: first.items.length, first };
    return { paging: await pagingBy(trial, found, `${name} brings the second page`), pages: [first, second] };
  }
  return undefined;
}

interface Parameters {
  readonly start: StartParam;
  readonly limitParam: string | undefined;
  readonly limit: number;
  /** The page that was asked for as the first, by number 1. */
  readonly first: FoundPage;
}

async function pagingBy(trial: Trial, found: Parameters, because: string): Promise<Finding<Paging>> {
  const { start, limitParam, limit, first } = found;
  const pageParam = start.name;
  if (start.by === 'item') {
    // An offset can't be counted without a size that is kept to.
    const certainty = limitParam === undefined ? 'likely' : 'sure';
    return {
      value: { style: 'offset', offsetParam: start.name, limitParam: limitParam ?? 'limit', limit },
      certainty,
      because,
    };
  }
  const sizeOf = limitParam === undefined ? {} : { limitParam };
  const paging = { style: 'page', pageParam, limit, ...sizeOf } as const;
  const isFirst = sameStart(trial.first, first);
  if (isFirst)
    return { value: { ...paging, firstPage: 1 }, certainty: 'sure', because: `${because}, and page 1 is the first` };
  const zeroth = await trial.ask(withQuery(first.url, { [pageParam]: 0 }));
  const firstPage = zeroth !== undefined && isAnother(zeroth, first) ? 0 : 1;
  return {
    value: { ...paging, firstPage },
    certainty: 'likely',
    because: `${because}, and page ${firstPage} seems to be the first`,
  };
}

function sameStart(a: FoundPage, b: FoundPage): boolean {
  return a.marks[0] === b.marks[0];
}

/** A size that tells: smaller than what came, so that it shows whether it is kept to. Undefined where nothing came. */
function pageSize({ items, url }: FoundPage): number | undefined {
  if (items.length < 2) return undefined;
  const asked = sizeParams.map((name) => Number(url.searchParams.get(name))).find((size) => size >= 1);
  return asked ?? Math.min(10, Math.max(1, Math.floor(items.length / 2)));
}

function sizes(names: readonly string[], limit: number): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, limit]));
}

/** Parameters for the page at `position`, 0 being the first; pages are numbered from 1 until it is known better. */
function starts(params: readonly StartParam[], position: number, limit: number): Record<string, number> {
  return Object.fromEntries(params.map(({ name, by }) => [name, by === 'item' ? position * limit : position + 1]));
}

/** What the API itself speaks of comes first: parameters of the URL, then keys of the body. */
function hinted(first: FoundPage, params: readonly StartParam[]): readonly StartParam[] {
  const names = hintedNames(
    first,
    params.map(({ name }) => name),
  );
  return names.flatMap((name) => params.filter((param) => param.name === name));
}

function hintedNames(first: FoundPage, names: readonly string[]): readonly string[] {
  const weight = (name: string): number =>
    first.url.searchParams.has(name) ? 0 : at(first.body, [name]) !== undefined ? 1 : 2;
  return names.toSorted((a, b) => weight(a) - weight(b));
}
