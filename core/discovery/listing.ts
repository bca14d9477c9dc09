import type { Answer, Asker } from './asker.ts';
import { itemsAt } from './asker.ts';
import { at, type BodyPath, type Finding, type Paging } from './finding.ts';

/** A page of the listing that is looked into. */
export interface FoundPage extends Answer {
  readonly items: readonly unknown[];
  /** What each item is known again by on another page: its id, or all of it. */
  readonly marks: readonly string[];
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

/** Asks for pages whose items stand at `path`, and are told apart by what stands at `id` in them. */
export function pagesOf(asker: Asker, path: BodyPath, id: Finding<BodyPath> | undefined): Trial['ask'] {
  return async (url) => {
    const answer = await asker.ask(url);
    const items = answer === undefined ? undefined : itemsAt(answer.body, path);
    return answer === undefined || items === undefined ? undefined : pageOf(answer, items, id);
  };
}

/** An answer with its items, each with what it is known again by. */
export function pageOf(answer: Answer, items: readonly unknown[], id: Finding<BodyPath> | undefined): FoundPage {
  // A field that counts views is never the same either: only what is called an id proves that two items are one.
  const path = id === undefined || id.certainty === 'guess' ? undefined : id.value;
  const marks = items.map((item) => JSON.stringify((path && at(item, path)) ?? item));
  return { ...answer, items, marks };
}

/** Whether `page` is there and holds something, and nothing that stands on `other`. */
export function isAnother(page: FoundPage | undefined, other: FoundPage): page is FoundPage {
  if (page === undefined || page.items.length === 0) return false;
  const old = new Set(other.marks);
  return !page.marks.some((mark) => old.has(mark));
}

/** Whether both pages hold the same items. */
export function isSame(page: FoundPage | undefined, other: FoundPage): boolean {
  return page?.marks.length === other.marks.length && page.marks.every((mark, index) => mark === other.marks[index]);
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
