import { isDeepStrictEqual } from 'node:util';
import type { FetchedPage, PageRequest } from '../../contracts/page.ts';
import type { SourceAdapter } from '../../contracts/pager.ts';
import { notPlainJson } from '../plain-json.ts';
import { type Problems, shown, wordsOf } from '../problems.ts';

/** A pager that is watched while it runs. */
export interface WatchedPager {
  readonly pager: SourceAdapter;
  /** Pages that `next` was asked about, in order. */
  readonly pages: readonly FetchedPage[];
  /** Asks about all of them again, the last first: a pager that remembers anything says something else now. */
  askAgain(): void;
  /** Asks another copy of the pager, which has seen nothing. */
  askCopy(copy: SourceAdapter): void;
}

const attempts = [1, 2, 3, 4, 5] as const;

/** Wraps a pager so that what it says is held against what is asked of one. */
export function watchPager(pagination: SourceAdapter, problems: Problems): WatchedPager {
  const answered: { readonly page: FetchedPage; readonly followUps: readonly PageRequest[] }[] = [];

  function check(method: string, requests: unknown): void {
    if (!Array.isArray(requests))
      return problems.add(`pagination.${method}() must return a list of requests, not ${shown(requests)}`);
    const keys = new Set<unknown>();
    for (const request of requests as readonly PageRequest[]) {
      checkRequest(method, request, problems);
      const { key } = request;
      if (keys.has(key))
        problems.add(`pagination.${method}() returns two requests of one key, ${shown(key)}: a key names one page`);
      keys.add(key);
    }
  }

  function askAbout(pager: SourceAdapter, when: string): void {
    for (const { page, followUps } of answered.toReversed()) {
      try {
        compare(page, followUps, pager.next(page), when);
      } catch (thrown) {
        problems.add(
          `pagination.next() throws ${JSON.stringify(wordsOf(thrown))} for the page ${shown(page.request.key)} ${when}`,
        );
      }
    }
  }

  return {
    pager: {
      ...pagination,
      ...bound(pagination),
      first() {
        const requests = pagination.first();
        check('first', requests);
        // A pager that asks by the time of day says the same within one millisecond, some time or other.
        if (!attempts.some(() => isDeepStrictEqual(pagination.first(), pagination.first())))
          problems.add(
            'pagination.first() returns other requests when it is called again: it must be pure, or no run can be taken up',
          );
        return requests;
      },
      next(page) {
        const followUps = pagination.next(page);
        check('next', followUps);
        compare(page, followUps, pagination.next(page), 'when it is asked twice');
        answered.push({ page, followUps });
        return followUps;
      },
      ...(pagination.ahead && {
        ahead(request: PageRequest) {
          const requests = pagination.ahead?.(request) ?? [];
          check('ahead', requests);
          return requests;
        },
      }),
    },
    get pages() {
      return answered.map(({ page }) => page);
    },
    askAgain: () => askAbout(pagination, 'after it has seen other pages'),
    askCopy: (copy) => askAbout(copy, 'in a process that has not seen the other pages'),
  };

  function compare(
    { request }: FetchedPage,
    before: readonly PageRequest[],
    after: readonly PageRequest[],
    when: string,
  ): void {
    if (isDeepStrictEqual(before, after)) return;
    problems.add(
      `pagination.next() is not pure: for the page ${shown(request.key)} it asks for ${keysOf(before)}, and ${when} for ${keysOf(after)}; what it has to remember belongs into the request's state`,
    );
  }
}

/** All methods of a pager, which may be an instance of a class: copied off it, they must still be its own. */
function bound(pagination: SourceAdapter): object {
  const methods = new Map<string, unknown>();
  for (let holder: object = pagination; holder !== Object.prototype;) {
    for (const name of Object.getOwnPropertyNames(holder)) {
      const value: unknown = Reflect.get(pagination, name);
      if (typeof value === 'function' && name !== 'constructor' && !methods.has(name))
        methods.set(name, value.bind(pagination));
    }
    const above: unknown = Object.getPrototypeOf(holder);
    if (typeof above !== 'object' || above === null) break;
    holder = above;
  }
  return Object.fromEntries(methods);
}

function checkRequest(method: string, request: PageRequest, problems: Problems): void {
  const { key, url } = request;
  if (typeof key !== 'string' || key === '')
    problems.add(`pagination.${method}() returns a request without a key: make requests by pageRequest({ … })`);
  if (typeof url !== 'string')
    problems.add(`pagination.${method}() returns a request without a url: ${shown(request)}`);
  const strange = notPlainJson(request, '');
  if (strange !== undefined) {
    problems.add(
      `pagination.${method}() returns a request that is no plain JSON: its ${strange}; it is kept in the journal, and must come back as it was`,
    );
  }
}

function keysOf(requests: readonly PageRequest[]): string {
  return requests.length === 0 ? 'nothing' : shown(requests.map(({ key }) => key));
}
