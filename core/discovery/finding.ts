/** How sure a finding is: `sure` was tried and held; `likely` is what most APIs mean by it; `guess` is only a start. */
export type Certainty = 'sure' | 'likely' | 'guess';

/** Something found out about an API, and why it is believed. */
export interface Finding<Value> {
  readonly value: Value;
  readonly certainty: Certainty;
  /** In words, for people. */
  readonly because: string;
}

/** Keys from the root of a body to a place in it; empty for the root. */
export type BodyPath = readonly string[];

/** Where an API declares a number. */
export type CountPlace =
  | { readonly in: 'body'; readonly path: BodyPath }
  | { readonly in: 'header'; readonly name: string };

/** How an API pages, with all that a pager has to be told. */
export type Paging =
  | { readonly style: 'single' }
  | { readonly style: 'offset'; readonly offsetParam: string; readonly limitParam: string; readonly limit: number }
  | {
      readonly style: 'page';
      readonly pageParam: string;
      /** Undefined where pages have a size that can't be asked for. */
      readonly limitParam?: string;
      readonly limit: number;
      readonly firstPage: number;
    }
  | { readonly style: 'cursor'; readonly cursorParam: string; readonly path: BodyPath }
  /** The cursor is a field of the last item. */
  | { readonly style: 'after-item'; readonly cursorParam: string; readonly more: BodyPath }
  | { readonly style: 'link'; readonly pageParam?: string }
  | { readonly style: 'next-url'; readonly path: BodyPath };

/** Looks a path up in a parsed body; undefined where it leads nowhere. */
export function at(body: unknown, path: BodyPath): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Readonly<Record<string, unknown>>)[key]
        : undefined,
    body,
  );
}

/** A path as it is written in code: `data.items`; `the body` for the root. */
export function pathText(path: BodyPath): string {
  return path.length === 0 ? 'the body' : path.join('.');
}
