import type { FetchedPage, PageRequest } from '../../../core/contracts/page.ts';
import type { SourceAdapter } from '../../../core/contracts/pager.ts';

const origin = 'https://api.test';

export interface Answer {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Finds the items of the body. Default: the body itself. */
  readonly items?: (body: never) => unknown;
  /** The URL that answered. Default: the one that was asked. */
  readonly url?: string;
}

/** A page that counts how often it is parsed. */
export interface CountingPage extends FetchedPage {
  readonly parses: number;
  readonly counts: number;
}

export function pageOf(request: PageRequest, answer: Answer = {}): CountingPage {
  const { body, headers = {}, items = (whole: unknown) => whole, url = new URL(request.url, origin).href } = answer;
  let parses = 0;
  let counts = 0;
  return {
    request,
    status: 200,
    headers,
    url,
    json() {
      parses += 1;
      return body;
    },
    itemCount() {
      counts += 1;
      const list = items(body as never);
      if (!Array.isArray(list)) throw new Error('the items are not a list');
      return list.length;
    },
    get parses() {
      return parses;
    },
    get counts() {
      return counts;
    },
  };
}

export function only<T>(list: readonly T[]): T {
  const [item, ...more] = list;
  if (item === undefined || more.length > 0) throw new Error(`expected one, found ${list.length}`);
  return item;
}

export interface Walk {
  readonly keys: readonly string[];
  readonly pages: readonly CountingPage[];
  /** Most requests that waited at once. */
  readonly mostPending: number;
}

export interface WalkOptions {
  /** Which of the pending requests is answered next, in [0, 1): 0 is the oldest. Default: always the oldest. */
  readonly pick?: () => number;
  /** Requests whose page never comes. Default: none. */
  readonly fails?: (request: PageRequest) => boolean;
  /** Pages after which the walk counts as endless. Default 5000. */
  readonly cap?: number;
}

/** Asks for all that a pager wants, as a run does: what is ahead of a request joins the list when it is taken. */
export function walk(
  pager: SourceAdapter,
  answer: (url: URL, request: PageRequest) => Answer,
  options: WalkOptions = {},
): Walk {
  const { pick = () => 0, fails = () => false, cap = 5000 } = options;
  const pending = [...pager.first()];
  const keys: string[] = [];
  const pages: CountingPage[] = [];
  let mostPending = pending.length;
  while (pending.length > 0) {
    if (keys.length >= cap) throw new Error(`no end after ${cap} pages`);
    const request = only(pending.splice(Math.floor(pick() * Math.min(pending.length, 8)), 1));
    keys.push(request.key);
    pending.push(...(pager.ahead?.(request) ?? []));
    if (!fails(request)) {
      const page = pageOf(request, answer(new URL(request.url, origin), request));
      pages.push(page);
      pending.push(...pager.next(page));
    }
    mostPending = Math.max(mostPending, pending.length);
  }
  return { keys, pages, mostPending };
}
