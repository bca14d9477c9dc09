import {
  type ByteBudget,
  type Clock,
  classify,
  type EmitEvent,
  type HttpResponse,
  type LetterContent,
  type Listing,
  type Listings,
  onAbort,
  type PageProcessor,
  requestCost,
  resolveUrl,
  type Samples,
  SluiceError,
  type SourceClients,
  type SourcePlan,
  type StageClock,
} from '../../../../core/engine.ts';
import type { SourceLedger } from '../ledger/ledger.ts';
import type { OpenPage, StartedPage } from '../ledger/open-page.ts';
import type { Adding } from '../queue/new-requests.ts';
import type { PageEnd } from '../queue/page-queue.ts';
import type { Session } from './session.ts';

/** What the work on the pages of one source needs. */
export interface SourceBench {
  readonly plan: SourcePlan;
  readonly ledger: SourceLedger;
  readonly adding: Adding;
  readonly listings: Listings;
  readonly clients: SourceClients;
  readonly stages: StageClock;
  /** Through the chain of the source, for its enrichers. */
  readonly process: PageProcessor['process'];
  readonly budget: ByteBudget;
  readonly letters: LetterContent;
  /** Some records for the report. */
  readonly samples: Pick<Samples, 'take'>;
  readonly clock: Clock;
  readonly emit: EmitEvent;
  /** The source may be at its end, or have more to do than one page that follows on another. */
  readonly tend: () => void;
  /** Lets go of what is being fetched: the source takes no more pages. */
  readonly stop: () => void;
  /** Aborted once nothing more may be fetched: the worker is stopped, or the source is refused. */
  readonly signal: AbortSignal;
}

/** One page in hand, with what has become of it so far. */
export interface PageInHand {
  readonly page: OpenPage;
  readonly listing: Listing;
  readonly session: Session;
  /** It has made room, or something to do: another may be taken. */
  readonly moved: () => void;
  /** Of what it is under: the bench's, or the session's. */
  readonly signal: AbortSignal;
  attempts: number;
  expanded: boolean;
}

/** How the work on a page has ended; `landed`: over, and its records are written. */
export type WorkEnd = PageEnd | 'landed';

/** What a page is ended by, or that it is to be tried again. */
export type Reading = WorkEnd | 'again' | SluiceError;

/** Reads an answer; see `createPageReader` of the local engine, whose rules these are. */
export type ReadAnswer = (hand: PageInHand, response: HttpResponse) => Promise<Reading>;

/** A page at whose processing so many workers died is what they died of. */
const mostDeaths = 3;
/**
 * So many workers that took it and were gone are no chance either, whatever they died of: a page is in the hands of many
 * that are killed for other reasons.
 */
const mostLives = 20;
/** Bytes of a body that could not be read that go into a dead letter. */
const mostLetterBytes = 64 * 1024;

/** Works on one page to its end: asks for it, has it read and written. Rejects with what is a bug, here or in a plugin. */
export async function workOnPage(
  bench: SourceBench,
  started: StartedPage,
  { session, moved, read }: Pick<PageInHand, 'session' | 'moved'> & { readonly read: ReadAnswer },
): Promise<WorkEnd> {
  const { page, lives, deaths, lostBy, preceded } = started;
  const { listings } = bench;
  if (deaths >= mostDeaths || lives > mostLives) return fail(bench, page, killer(page, Math.max(deaths, lives - 1)));
  if (lostBy !== undefined) return fail(bench, page, lostBy);
  let listing: Listing;
  try {
    listing = page.request.child === undefined ? listings.own : listings.open(page.request.child);
  } catch (thrown) {
    // It could be opened once: another plugin, or one that is not pure. It costs this page.
    return fail(bench, page, classify(thrown));
  }
  const { attempts, expanded } = started;
  // Not AbortSignal.any: both signals outlive thousands of pages, and it would leave something on them for each.
  const stop = new AbortController();
  const leave = [bench.signal, session.over].map((signal) => onAbort(signal, () => stop.abort(signal.reason)));
  try {
    return await askAndRead(
      bench,
      { page, listing, session, moved, signal: stop.signal, attempts, expanded },
      preceded,
      read,
    );
  } finally {
    for (const leaveOne of leave) leaveOne();
  }
}

async function askAndRead(bench: SourceBench, hand: PageInHand, preceded: boolean, read: ReadAnswer): Promise<WorkEnd> {
  const { ledger, adding } = bench;
  const { page, listing, signal } = hand;
  const { pager } = listing;
  if (!preceded && pager.ahead !== undefined) {
    if (await adding.add(listing, 'ahead', page.ordinal, () => pager.ahead?.(page.request) ?? [])) bench.tend();
  }
  for (;;) {
    const response = await fetchPage(bench, hand);
    if (response === 'again') continue;
    if (typeof response === 'string') return response;
    if (response instanceof SluiceError) return fail(bench, page, response);
    const reading = await read(hand, response);
    if (reading instanceof SluiceError) {
      // A thread that was stopped under its page: what stopped it is what the page failed by.
      if (signal.aborted && reading.code === 'worker_failed') return 'release';
      return fail(bench, page, reading, response.body);
    }
    if (reading !== 'again') return reading;
    if (!(await ledger.attempted(page, hand.attempts))) return 'over';
  }
}

/** Asks for a page; an open breaker refuses, it does not fail: the page keeps its attempts. */
async function fetchPage(bench: SourceBench, hand: PageInHand): Promise<HttpResponse | Reading> {
  const { plan, stages, budget, clients, ledger } = bench;
  const { page, signal } = hand;
  const { request } = page;
  const { breaker, handle } = clients.of(hand.listing.child);
  let stage: 'room' | 'breaker' = 'room';
  stages.enter(stage);
  try {
    await budget.room(signal);
    stages.move(stage, (stage = 'breaker'));
    await breaker.ready(signal);
  } catch (thrown) {
    // The upstream is given up, and so is the source.
    if (!signal.aborted) await ledger.refuse(classify(thrown));
    return 'release';
  } finally {
    stages.leave(stage);
  }
  try {
    return await handle({
      key: request.key,
      url: resolveUrl(plan.baseUrl, request.url),
      method: request.method ?? 'GET',
      headers: request.headers ?? {},
      ...(request.body === undefined ? {} : { body: request.body }),
      cost: requestCost(plan.plugin, request),
      attempt: hand.attempts + 1,
      signal,
    });
  } catch (thrown) {
    if (signal.aborted) return 'release';
    const error = classify(thrown);
    if (error.code !== 'circuit_open') return error;
    hand.attempts = error.attempts ?? hand.attempts;
    return 'again';
  }
}

/** Ends a page that will not come. Whoever has it by now may still get it. */
async function fail(bench: SourceBench, page: OpenPage, error: SluiceError, body?: Uint8Array): Promise<PageEnd> {
  const { plan, ledger, letters } = bench;
  const { ordinal, request } = page;
  // Of a body that is too long, nothing: half of it could be taken for the whole.
  const kept = body === undefined || body.length > mostLetterBytes ? undefined : new Uint8Array(letters.bytes(body));
  const failed = { ordinal, key: request.key, ...(kept !== undefined && { bytes: kept }) };
  await ledger.settle(page, { kind: 'failed', source: plan.name, pages: 1, error, page: failed });
  return 'over';
}

function killer({ request }: OpenPage, times: number): SluiceError {
  const text = `the page ${request.key} was in the hands of ${times} workers that then were gone: it is not tried again`;
  return new SluiceError('worker_failed', text);
}
