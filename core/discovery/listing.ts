import { isDeepStrictEqual } from 'node:util';
import type { Answer, Asker } from './asker.ts';
import { itemsAt } from './asker.ts';
import type { BodyPath, Finding, Paging } from './finding.ts';

/** A page of the listing that is looked into. */
export interface FoundPage extends Answer {
  readonly items: readonly unknown[];
}

/** What a way of paging is tried on. */
export interface Trial {
  readonly first: FoundPage;
  /** Path of the id within an item, where one was found. */
  readonly id: BodyPath | undefined;
  /** Asks for a page; undefined where there is none at that URL. */
  ask(url: URL): Promise<FoundPage | undefined>;
}

/** A way of paging that was found, and the first two pages by it, as far as they were asked for. */
export interface FoundPaging {
  readonly paging: Finding<Paging>;
  readonly pages: readonly FoundPage[];
}

/** Tries one way; undefined where the API does not page so. */
export type Way = (trial: Trial) => Promise<FoundPaging | undefined>;

/** Asks for pages whose items stand at `path`. */
export function pagesOf(asker: Asker, path: BodyPath): Trial['ask'] {
  return async (url) => {
    const answer = await asker.ask(url);
    const items = answer === undefined ? undefined : itemsAt(answer.body, path);
    return answer === undefined || items === undefined ? undefined : { ...answer, items };
  };
}

/** Whether `page` is there and holds something, and nothing that stands on `other`. */
export function isAnother(page: FoundPage | undefined, other: FoundPage): page is FoundPage {
  return (
    page !== undefined &&
    page.items.length > 0 &&
    !page.items.some((item) => other.items.some((old) => isDeepStrictEqual(item, old)))
  );
}

/** Whether both pages hold the same items. */
export function isSame(page: FoundPage | undefined, other: FoundPage): boolean {
  return page !== undefined && isDeepStrictEqual(page.items, other.items);
}

/** The URL with other query parameters; undefined takes one out. */
export function withQuery(url: URL, change: Readonly<Record<string, string | number | undefined>>): URL {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) changed.searchParams.delete(name);
    else changed.searchParams.set(name, String(value));
  }
  return changed;
}
