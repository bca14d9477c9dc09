import { isSecretParameter } from './credentials.ts';
import type { DiscoveredApi } from './discover.ts';
import type { BodyPath, CountPlace, Paging } from './finding.ts';
import { access, bodyType, key, quoted } from './item-type.ts';

/** The code of a pager, and the function that has to be imported for it. */
export interface PaginationCode {
  readonly pager: string;
  readonly code: string;
}

/** Writes the pager that fits what was found. */
export function paginationCode({
  url,
  paging: { value: paging },
  total,
  totalPages,
  items,
  id,
}: DiscoveredApi): PaginationCode {
  const counts = {
    ...(total && { total: countCode(total.value) }),
    ...(totalPages && { totalPages: countCode(totalPages.value) }),
  };
  const listing = listingCode(url, paging);
  switch (paging.style) {
    case 'single':
      return call('singlePage', listing);
    case 'offset':
      return call('offsetPagination', {
        ...listing,
        limit: String(paging.limit),
        ...named('offsetParam', paging.offsetParam, 'offset'),
        ...named('limitParam', paging.limitParam, 'limit'),
        ...(counts.total && { total: counts.total }),
      });
    case 'page':
      return call('pagePagination', {
        ...listing,
        limit: String(paging.limit),
        ...named('pageParam', paging.pageParam, 'page'),
        ...(paging.limitParam === undefined
          ? { limitParam: 'false' }
          : named('limitParam', paging.limitParam, 'limit')),
        ...(paging.firstPage === 1 ? {} : { firstPage: String(paging.firstPage) }),
        ...(counts.total ? { total: counts.total } : counts.totalPages && { totalPages: counts.totalPages }),
      });
    case 'cursor':
      return call('cursorPagination', {
        ...listing,
        ...named('cursorParam', paging.cursorParam, 'cursor'),
        cursor: readerCode(paging.path, true),
        ...(counts.total && { total: counts.total }),
      });
    case 'after-item':
      return call('cursorPagination', {
        ...listing,
        cursorParam: quoted(paging.cursorParam),
        cursor: afterCode(items.value, id?.value ?? [], paging.more),
        ...(counts.total && { total: counts.total }),
      });
    case 'link':
      return call('linkPagination', {
        ...listing,
        ...(paging.pageParam !== undefined && { pageParam: quoted(paging.pageParam) }),
        ...(counts.total && { total: counts.total }),
      });
    case 'next-url':
      return call('nextUrlPagination', {
        ...listing,
        next: readerCode(paging.path, true),
        ...(counts.total && { total: counts.total }),
      });
  }
}

function call(pager: string, options: Readonly<Record<string, string>>): PaginationCode {
  const lines = Object.entries(options).map(([name, code]) => (name === code ? name : `${name}: ${code}`));
  const inline = `${pager}({ ${lines.join(', ')} })`;
  const broken = `${pager}({\n${lines.map((line) => `    ${line},\n`).join('')}  })`;
  return { pager, code: inline.length < 90 ? inline : broken };
}

/** Path and query, without what the pager sets itself. */
function listingCode(url: URL, paging: Paging): Record<string, string> {
  const own = new Set<string | undefined>();
  if (paging.style === 'offset') own.add(paging.offsetParam).add(paging.limitParam);
  if (paging.style === 'page') own.add(paging.pageParam).add(paging.limitParam);
  if (paging.style === 'cursor' || paging.style === 'after-item') own.add(paging.cursorParam);
  const query = [...url.searchParams].filter(([name, value]) => !own.has(name) && !isSecretParameter(name, value));
  const entries = query.map(([name, value]) => `${key(name)}: ${quoted(value)}`);
  return { path: quoted(url.pathname), ...(entries.length > 0 && { query: `{ ${entries.join(', ')} }` }) };
}

function named(option: string, name: string, byDefault: string): Record<string, string> {
  return name === byDefault ? {} : { [option]: quoted(name) };
}

function countCode(place: CountPlace): string {
  return place.in === 'header' ? `{ header: ${quoted(place.name)} }` : readerCode(place.path);
}

/** A function of the body that reads a path; what is not there on the last page may be missing. */
function readerCode(path: BodyPath, optional = false): string {
  const parameter = path.length < 2 ? 'body' : `body: ${bodyType(path, optional)}`;
  return `(${parameter}) => ${access('body', path, optional)}`;
}

/** A function of the body that finds the items, taken out of what each of them is wrapped in. */
export function itemsCode(path: BodyPath, wrapper: BodyPath): string {
  if (wrapper.length === 0) return readerCode(path);
  const inner = wrapper.reduceRight((type, name) => `{ readonly ${key(name)}?: ${type} }`, 'unknown');
  const type = path.reduceRight(
    (holder, name) => `{ readonly ${key(name)}: ${holder} }`,
    `readonly (${inner} | null)[]`,
  );
  return `(body: ${type}) => ${access('body', path)}.map((item) => ${access('item?', wrapper)})`;
}

function afterCode(items: BodyPath, id: BodyPath, more: BodyPath): string {
  const itemType = id.reduceRight((type, name) => `{ readonly ${key(name)}: ${type} }`, 'string | number');
  const list = `readonly ${itemType.includes('|') && id.length === 0 ? `(${itemType})` : itemType}[]`;
  const listType = items.reduceRight((type, name) => `{ readonly ${key(name)}: ${type} }`, list);
  const moreType = more.reduceRight((type, name) => `{ readonly ${key(name)}?: ${type} }`, 'boolean');
  return `(body: ${listType} & ${moreType}) => ${access('body', more, true)} && ${access(`${access('body', items)}.at(-1)?`, id)}`;
}
