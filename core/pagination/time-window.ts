import type { JsonObject } from '../contracts/json.ts';
import type { FetchedPage, PageRequest } from '../contracts/page.ts';
import type { Pager, SourceAdapter } from '../contracts/pager.ts';
import { SluiceError } from '../errors.ts';
import { isObject } from '../unknown.ts';
import { sliceLength } from './counted.ts';
import { demand } from './options.ts';

/** A part of the time that is asked for: from `from` on, and before `to`. */
export interface TimeWindow {
  readonly from: Date;
  readonly to: Date;
}

/** A length of time: the sum of its parts. */
export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

/** Options of `timeWindowPagination`. */
export interface TimeWindowOptions {
  /** Begin of the first window: a date, or one as ISO 8601. */
  readonly from: Date | string;
  /** End of the last window, itself left out. Default: the time when the pager is made. */
  readonly to?: Date | string;
  /** Length of a window; the last one may be shorter. */
  readonly step: Duration;
  /** The pager within a window, which puts its two times into the query or the path. Pure. */
  readonly within: (window: TimeWindow) => SourceAdapter;
}

/** The whole time and the length of a window, in milliseconds. */
type Span = { readonly start: number; readonly end: number; readonly step: number };

/** What a request carries. A run that is taken up later goes on with the span that it began with. */
interface Place {
  readonly span: Span;
  /** Of the window. */
  readonly index: number;
  /** It begins its window. */
  readonly opens: boolean;
  /** State of the pager within. */
  readonly inner?: JsonObject;
}

/**
 * Cuts a time into windows, which are fetched side by side, each by a pager of its own. A record on the edge of two
 * windows that comes in both is a duplicate. Throws `plugin_invalid` for options that cannot work.
 */
export function timeWindowPagination(options: TimeWindowOptions): Pager {
  const { within } = options;
  const whole = spanOf(options);
  demand(typeof within === 'function', name, 'within', 'a function that makes the pager of a window', within);

  function pagerOf({ start, end, step }: Span, index: number): SourceAdapter {
    const from = start + index * step;
    return within({ from: new Date(from), to: new Date(Math.min(from + step, end)) });
  }

  /** The first requests of so many windows as one slice holds. */
  function slice(span: Span, begin: number): PageRequest[] {
    const length = Math.max(0, Math.min(sliceLength, windowsIn(span) - begin));
    return Array.from({ length }, (_, offset) => begin + offset).flatMap((index) =>
      pagerOf(span, index)
        .first()
        .map((request, order) => placed(request, { span, index, opens: order === 0 })),
    );
  }

  const sample = pagerOf(whole, 0);
  const [one] = sample.first();
  const [other] = windowsIn(whole) > 1 ? pagerOf(whole, 1).first() : [];
  const differs = one === undefined || one.key !== other?.key;
  demand(differs, name, 'within', 'one that asks by the times of its window', one?.key);
  return {
    ...(sample.limit !== undefined && { limit: sample.limit }),
    // Each window's pager is made by the same function, so that what one says of its pages holds for all.
    ...(sample.totalInBody && { totalInBody: (body) => sample.totalInBody?.(body) }),
    ...(sample.totalInHeaders && { totalInHeaders: (headers) => sample.totalInHeaders?.(headers) }),
    style: 'window',
    needs: sample.needs ?? 'body',
    first: () => slice(whole, 0),
    next(page) {
      const { span, index } = placeOf(page.request);
      const followUps = pagerOf(span, index).next(innerPage(page));
      return followUps.map((request) => placed(request, { span, index, opens: false }));
    },
    ahead(request) {
      const { span, index, opens } = placeOf(request);
      const inner = pagerOf(span, index).ahead?.(innerRequest(request)) ?? [];
      const more = inner.map((each) => placed(each, { span, index, opens: false }));
      const headsSlice = opens && index % sliceLength === 0;
      return headsSlice ? [...more, ...slice(span, index + sliceLength)] : more;
    },
    opens: (request) => placeOf(request).opens,
  };
}

const name = 'timeWindowPagination';

function windowsIn({ start, end, step }: Span): number {
  return Math.ceil((end - start) / step);
}

function placed(request: PageRequest, { span, index, opens }: Place): PageRequest {
  const { state: inner } = request;
  return { ...request, state: { span, index, opens, ...(inner !== undefined && { inner }) } };
}

function placeOf({ key, state }: PageRequest): Place {
  if (state !== undefined && isObject(state['span']) && typeof state['index'] === 'number') {
    return state as unknown as Place;
  }
  throw new SluiceError('internal_error', `the request ${key} was not made by the pager that is asked about it`);
}

/** A request as the pager within had made it. */
function innerRequest(request: PageRequest): PageRequest {
  const { inner } = placeOf(request);
  const { state: _, ...own } = request;
  return inner === undefined ? own : { ...own, state: inner };
}

function innerPage(page: FetchedPage): FetchedPage {
  const { status, headers, url } = page;
  const request = innerRequest(page.request);
  return { request, status, headers, url, json: () => page.json(), itemCount: () => page.itemCount() };
}

function spanOf({ from, to = new Date(), step }: TimeWindowOptions): Span {
  const span = { start: timeOf('from', from), end: timeOf('to', to), step: lengthOf(step) };
  demand(span.end > span.start, name, 'to', 'after from', to);
  return span;
}

function timeOf(option: string, value: unknown): number {
  const time = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  demand(Number.isFinite(time), name, option, 'a date, or one as ISO 8601', value);
  return time;
}

/** In milliseconds. */
const units: ReadonlyMap<string, number> = new Map([
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1000],
]);

function lengthOf(step: unknown): number {
  const parts = isObject(step) ? Object.entries(step) : [];
  const ms = parts.reduce((sum, [unit, count]) => sum + (units.get(unit) ?? Number.NaN) * Number(count), 0);
  demand(Number.isSafeInteger(ms) && ms >= 1, name, 'step', 'a length of time, as { days: 1 }', step);
  return ms;
}
