import {
  type AcceptedPage,
  attemptsOf,
  checkLength,
  classify,
  createBatch,
  createFetchedPage,
  createSourceTotals,
  followUpsOf,
  goesInCircles,
  holdPage,
  type HttpResponse,
  mostStalePages,
  type PageInput,
  type PageRequest,
  type PageUnreadable,
  type ReadablePage,
  SluiceError,
  startableNow,
  unreadable,
  whereOf,
} from '../../../../core/engine.ts';
import { acceptPage } from './accept-page.ts';
import { landedPage, totalsShare } from './landed-page.ts';
import type { PageInHand, Reading, SourceBench, WorkEnd } from './page-work.ts';

/**
 * Reads an answer as the local engine does (see `createPageReader`), with what it decides by in the ledger. In this
 * order, so that it may be cut off between any two steps and be done again by somebody else: follow-ups, claims, what
 * hangs from the items, the sinks, and at last the acknowledgement that makes the page done.
 */
export async function readAnswer(bench: SourceBench, hand: PageInHand, response: HttpResponse): Promise<Reading> {
  const held = holdPage(bench.budget.hold(response.body.length), bench.stages);
  try {
    return await readHeld(bench, hand, response, held);
  } finally {
    // Bytes that are held for ever would stop the other sources.
    held.release();
  }
}

async function readHeld(
  bench: SourceBench,
  hand: PageInHand,
  response: HttpResponse,
  held: ReturnType<typeof holdPage>,
): Promise<Reading> {
  const { plan, adding, clock, process } = bench;
  const { page, listing, signal } = hand;
  const { pager, child } = listing;
  const { request, extra, ordinal } = page;
  const needs = pager.needs ?? 'body';
  const fetched = createFetchedPage(listing.resource, request, response);
  async function follow(requests: readonly PageRequest[]): Promise<void> {
    await adding.add(listing, 'next', ordinal, () => requests);
    if (requests.length > 0) hand.moved();
    if (requests.length > 1) bench.tend();
  }
  if (response.action !== undefined) return skip(bench, hand, response.action, fetched);
  const early = hand.expanded ? [] : needs === 'items' ? undefined : followUpsOf(pager, fetched);
  // Refused by what the body says: more to the point than what a worker would make of it.
  const refused = early instanceof SluiceError && early.code === 'response_refused' ? early : undefined;
  const now = startableNow({ pager, page: fetched, early, extra });
  hand.attempts = attemptsOf(hand, response);
  if (refused !== undefined) return again(bench, hand, refused.with(whereOf(response)));

  const input: PageInput = {
    source: plan.name,
    bytes: response.body,
    contentType: response.headers['content-type'] ?? '',
    processedAt: new Date(clock.date()).toISOString(),
    ...(child !== undefined && { child }),
  };
  // Sent before the processing begins, and so before anything that it may do to this process.
  const suspected = bench.ledger.suspect(page);
  // The next page of a cursor is on its way while this one is processed and written.
  const [verdict] = await Promise.all([process(input), suspected, now && follow(now)]);
  hand.expanded ||= now !== undefined;
  if (!verdict.ok) return again(bench, hand, unreadable(verdict).with(whereOf(response)));
  fetched.counted(verdict.items);
  const late = early ?? followUpsOf(pager, fetched);
  if (late instanceof SluiceError) return again(bench, hand, late.with(whereOf(response)));

  const accepting = { page, verdict, input, salt: listing.salt, ledger: bench.ledger, process, clock, signal };
  let accepted: AcceptedPage | PageUnreadable | 'stale';
  try {
    accepted = await acceptPage(accepting);
  } catch (thrown) {
    if (signal.aborted) return 'release';
    return refuse(bench, hand, classify(thrown).with({ ...whereOf(response), attempts: hand.attempts }));
  }
  if (accepted === 'stale') return 'over';
  // Its source takes no more pages since.
  if (signal.aborted) return 'release';
  if (!('page' in accepted)) return again(bench, hand, unreadable(accepted).with(whereOf(response)));
  if (!hand.expanded && !extra) await follow(late);
  hand.expanded = true;
  const parents = accepted.page.parents ?? [];
  await adding.open(parents, ordinal, (parent) => bench.listings.open(parent));
  if (parents.length > 0) bench.tend();
  return deliver(bench, hand, accepted, response, held);
}

/** Writes a page, waits until that counts, and looks at what it says of its listing. */
async function deliver(
  { plan, adding, ledger, letters, samples, tend, stop }: SourceBench,
  { page, listing, session, moved, attempts }: PageInHand,
  accepted: AcceptedPage,
  response: HttpResponse,
  held: ReturnType<typeof holdPage>,
): Promise<WorkEnd> {
  const batch = createBatch(plan.name, page.request.key, accepted.page);
  const taken = samples.take(batch);
  const outcome = landedPage({ source: plan.name, page, accepted, attempts, response, letters, samples: taken });
  const totals = totalsShare(plan.plugin, listing, page.request, accepted.page, response.headers);
  held.toSinks();
  const delivery = session.deliver({ source: plan.name, page, totals, outcome }, batch, held.release);
  const tooLong = checkLength(listing.pager, accepted.page);
  // At once: others like it may be on their way by the time that this one is committed.
  if (tooLong !== undefined) {
    if (listing.child === undefined) stop();
    await adding.end(listing, tooLong.with(whereOf(response)));
  }
  // There is room for another now.
  moved();
  const counted = await delivery;
  if (counted === undefined) return 'release';
  if (counted.stale >= mostStalePages) await adding.end(listing, goesInCircles().with(whereOf(response)));
  const { exhausted, mismatch } = createSourceTotals(plan.plugin, counted.totals);
  if (exhausted && mismatch !== undefined) await ledger.refuse(mismatch.with(whereOf(response)));
  // It may be the end of the source.
  if (counted.atRest) tend();
  return 'landed';
}

/** A page that a response rule has settled; what comes after one that is ignored is still the pager's to say. */
async function skip(
  { plan, adding, ledger }: SourceBench,
  hand: PageInHand,
  action: 'ignore' | 'end-of-pages',
  fetched: ReadablePage,
): Promise<Reading> {
  const { page, listing } = hand;
  const { ordinal, request, extra } = page;
  if (action === 'ignore' && !hand.expanded && !extra) {
    const next = followUpsOf(listing.pager, fetched);
    if (next instanceof SluiceError) return next;
    await adding.add(listing, 'next', ordinal, () => next);
  }
  await ledger.settle(page, { kind: 'skipped', source: plan.name, ordinal, key: request.key, action });
  return 'over';
}

/** A page that may not be: the end of its listing. */
async function refuse({ ledger, adding }: SourceBench, { page, listing }: PageInHand, error: SluiceError) {
  // An extra page equal to an earlier one: past its end, the upstream repeats itself, and that is an end.
  if (page.extra) return error;
  if (page.listing !== undefined) {
    // The page is what it costs.
    await ledger.lose(page.listing, error, false);
    return error;
  }
  await adding.end(listing, error);
  return 'release' as const;
}

/** A page with a bad body is asked for again, within the same count of attempts; nothing of it was written. */
function again({ plan, emit }: SourceBench, { page, attempts, signal }: PageInHand, error: SluiceError): Reading {
  if (signal.aborted) return 'release';
  if (!error.retryable || attempts > plan.retry.retries) return error.with({ attempts });
  emit({
    type: 'retry',
    source: plan.name,
    key: page.request.key,
    attempt: attempts + 1,
    delayMs: 0,
    error: error.code,
    message: error.message,
  });
  return 'again';
}
