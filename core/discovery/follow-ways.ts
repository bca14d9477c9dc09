/** Ways of paging in which a page names the next one, or what leads to it. */
import { parseLinkHeader } from '../pagination/link-header.ts';
import { at, type Finding, type Paging, pathText } from './finding.ts';
import { findPages, findTotal } from './find-counts.ts';
import { type FoundPage, type FoundPaging, isAnother, type Way, withQuery } from './listing.ts';
import { leavesOf } from './walk-body.ts';

/** A `Link` header with `rel="next"`. */
export const byLink: Way = async (trial) => {
  const links = parseLinkHeader(trial.first.headers['link'] ?? '');
  const targetOf = (relation: string): URL | undefined => {
    const link = links.find(({ rel }) => rel.includes(relation));
    return link === undefined ? undefined : resolve(link.target, trial.first.url);
  };
  const next = targetOf('next');
  const second = next === undefined ? undefined : await trial.ask(next);
  if (next === undefined || !isAnother(second, trial.first)) return undefined;
  const numbered = numberedBy(trial.first, next, second);
  if (numbered !== undefined) return numbered;
  const last = targetOf('last');
  const pageParam = last === undefined ? undefined : onlyChange(next, last);
  const because = 'the Link header names the next page, and it holds other items';
  const paging: Paging = { style: 'link', ...(pageParam !== undefined && { pageParam }) };
  return { paging: { value: paging, certainty: 'sure', because }, pages: [trial.first, second] };
};

const nextKey = /^(?:next|nexturl|nextlink|nextpage|nextpageurl|nexthref|odatanextlink|href)$/;

/** The URL of the next page in the body. */
export const byNextUrl: Way = async (trial) => {
  for (const { path, key, value } of leavesOf(trial.first.body)) {
    const named = nextKey.test(key) && (key !== 'href' || path.at(-2)?.toLowerCase() === 'next');
    if (!named || typeof value !== 'string' || !/^(?:https?:\/\/|\/|\?)/.test(value)) continue;
    const next = resolve(value, trial.first.url);
    const second = next === undefined ? undefined : await trial.ask(next);
    if (next === undefined || !isAnother(second, trial.first)) continue;
    const numbered = numberedBy(trial.first, next, second);
    if (numbered !== undefined) return numbered;
    const because = `${pathText(path)} is the URL of the next page, and it holds other items`;
    return { paging: { value: { style: 'next-url', path }, certainty: 'sure', because }, pages: [trial.first, second] };
  }
  return undefined;
};

const cursorKey =
  /^(?:nextcursor|cursor|nextpagetoken|pagetoken|nexttoken|continuation|continuationtoken|endcursor|after|nextpage|next|scrollid|nextid|offset)$/;

/** A cursor in the body; which parameter takes it is found out by trying. */
export const byCursor: Way = async (trial) => {
  for (const { path, key, value } of leavesOf(trial.first.body)) {
    const usable = typeof value === 'string' ? value !== '' && !/^https?:/.test(value) : typeof value === 'number';
    // An offset that is a number is what was asked for; one that is a text is Airtable's cursor.
    if (!cursorKey.test(key) || !usable || (key === 'offset' && typeof value === 'number')) continue;
    for (const cursorParam of paramsFor(path.at(-1) ?? '')) {
      const second = await trial.ask(withQuery(trial.first.url, { [cursorParam]: String(value) }));
      if (!isAnother(second, trial.first)) continue;
      const because = `${pathText(path)} of one page, sent as ${cursorParam}, brings other items`;
      return {
        paging: { value: { style: 'cursor', cursorParam, path }, certainty: 'sure', because },
        pages: [trial.first, second],
      };
    }
  }
  return undefined;
};

/** Parameters that may take the cursor, by the name under which it came; the likeliest first. */
function paramsFor(key: string): readonly string[] {
  const bare = key.replace(/^(?:next|end)_?/i, '');
  const plain = bare === '' ? 'cursor' : bare.charAt(0).toLowerCase() + bare.slice(1);
  return [...new Set([plain, 'cursor', key, 'after', 'start_cursor', 'page_token', 'pageToken'])].slice(0, 6);
}

const moreKey = /^(?:hasmore|hasnext|hasnextpage|more|moreresults)$/;

/** No cursor, but a word that there is more: the id of the last item leads on. */
export const byLastItem: Way = async (trial) => {
  const more = leavesOf(trial.first.body).find(({ key, value }) => moreKey.test(key) && value === true);
  const last = trial.id === undefined ? undefined : at(trial.first.items.at(-1), trial.id);
  if (more === undefined || (typeof last !== 'string' && typeof last !== 'number')) return undefined;
  for (const cursorParam of ['starting_after', 'after', 'after_id', 'since_id', 'last_id', 'cursor']) {
    const second = await trial.ask(withQuery(trial.first.url, { [cursorParam]: last }));
    if (!isAnother(second, trial.first)) continue;
    const because = `${pathText(more.path)} says that there is more, and the id of the last item, sent as ${cursorParam}, brings it`;
    const paging: Paging = { style: 'after-item', cursorParam, more: more.path };
    return { paging: { value: paging, certainty: 'sure', because }, pages: [trial.first, second] };
  }
  return undefined;
};

/** The URL of a next page often says how pages are numbered; with a total, all of them can then be asked for at once. */
function numberedBy(first: FoundPage, next: URL, second: FoundPage): FoundPaging | undefined {
  const counted = (page: FoundPage) => ({ body: page.body, headers: page.headers, items: page.items.length });
  const total = findTotal(counted(first), counted(second)) ?? findPages(counted(first), counted(second));
  const param = onlyChange(first.url, next);
  if (total === undefined || param === undefined) return undefined;
  const value = Number(next.searchParams.get(param));
  const limit = first.items.length;
  const limitParam = [...next.searchParams].find(([name, text]) => name !== param && Number(text) === limit)?.[0];
  const because = `the next page is the same URL with ${param}=${value}, and ${total.because}`;
  if (value === limit && limit > 2 && limitParam !== undefined) {
    return {
      paging: sure({ style: 'offset', offsetParam: param, limitParam, limit }, because),
      pages: [first, second],
    };
  }
  if (value !== 1 && value !== 2) return undefined;
  const sized = limitParam === undefined ? {} : { limitParam };
  return {
    paging: sure({ style: 'page', pageParam: param, limit, firstPage: value - 1, ...sized }, because),
    pages: [first, second],
  };
}

function sure(value: Paging, because: string): Finding<Paging> {
  return { value, certainty: 'sure', because };
}

/** The one parameter by which two URLs differ, where it is a number; those that only repeat a default do not count. */
function onlyChange(from: URL, to: URL): string | undefined {
  if (from.pathname !== to.pathname) return undefined;
  const changed = [...to.searchParams.keys()].filter(
    (name) =>
      from.searchParams.get(name) !== to.searchParams.get(name) && /^\d+$/.test(to.searchParams.get(name) ?? ''),
  );
  const paging = changed.filter((name) => from.searchParams.has(name) || /page|offset|skip|start|^p$/i.test(name));
  const numbered = paging.filter((name) => !/size|limit|count|per/i.test(name));
  return numbered.length === 1 ? numbered[0] : undefined;
}

function resolve(target: string, from: URL): URL | undefined {
  return URL.canParse(target, from.href) ? new URL(target, from) : undefined;
}
