import type { EnginePorts, PageOutcome, SourceClient, SourcePlan } from '../contracts/engine.ts';
import type { HttpResponse } from '../contracts/http.ts';
import type { SourceState } from '../contracts/report.ts';
import { classify, type SluiceError } from '../errors.ts';
import { onAbort } from '../on-abort.ts';
import { createAcceptance } from './acceptance.ts';
import type { ByteBudget } from './byte-budget.ts';
import { createFrontier } from './frontier.ts';
import { holdPage } from './held-page.ts';
import { createPageReader, type ReadResult } from './page-reader.ts';
import { redrive } from './redrive.ts';
import { requestCost } from './request-cost.ts';
import { createSideRequests, withAsk } from './side-requests.ts';
import { createSourceTotals } from './source-totals.ts';
import { createClients } from './source-clients.ts';
import { capReached, resolveUrl, type WorkItem } from './worklist.ts';

export interface SourceRunOptions {
  readonly source: SourcePlan;
  readonly client: SourceClient;
  readonly ports: EnginePorts;
  readonly budget: ByteBudget;
  /** Where outcomes go; never waits, because what is delivered is held in the byte budget. */
  readonly push: (outcome: PageOutcome) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs one source to its end: takes requests off the worklist, fetches as many at once as the source allows, has
 * each page read, and puts the follow-ups on the list. Never rejects: whatever goes wrong is an outcome.
 */
export async function runSource({
  source,
  client,
  ports: given,
  budget,
  push,
  signal,
}: SourceRunOptions): Promise<SourceState> {
  const { emit } = given;
  // Ends this source alone; the run's signal ends it too.
  const stop = new AbortController();
  const leaveRun = onAbort(signal, () => stop.abort(signal.reason));

  const stages = given.stages(source.name);
  const ports = withAsk(given, createSideRequests(source, client, stages, stop.signal));
  const journal = ports.journal(source.name);
  const { restored } = journal;
  const letters = restored?.letters ?? [];
  const pager = source.plugin.pagination;
  const totals = createSourceTotals(source.plugin, restored?.totals);
  const acceptance = createAcceptance(ports.processor, restored);
  const frontier = createFrontier({ source, totals, hash: ports.hash, journal, giveUp, lose });
  const reader = createPageReader({ source, ports, frontier, acceptance, totals, push, giveUp });
  const { worklist } = frontier;
  const clients = createClients(source, client, ports);
  // Requests that wait in backoff hold no place at the upstream (the chain's concurrency is per attempt), so twice
  // as many may be under way: a few slow retries do not idle the source.
  const slots = source.concurrency * 2;
  // Pages that more may hang from bring so many requests at once: only so many of them are under way, from the fetch to
  // the verdict, as can be fetched at once, or those requests would be without a bound.
  const mostBranching = source.plugin.children === undefined ? Infinity : source.concurrency;
  let branching = 0;
  let waitsForRoom = false;
  let fetching = 0;
  let running = 0;
  let delivered = restored?.delivered ?? 0;
  let skipped = restored?.skipped ?? 0;
  let failed = 0;
  // What was refused once is missing for good, whatever a later life gets.
  let fatal: SluiceError | undefined = restored?.refused;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));

  function giveUp(error: SluiceError): void {
    fatal ??= error;
    stop.abort(error);
  }

  function lose(error: SluiceError): void {
    failed += 1;
    push({ kind: 'failed', source: source.name, pages: 1, error });
  }

  function pump(): void {
    // One page at a time waits for room: those behind it would wait for the same, each with all that a page under way takes.
    while (fetching < slots && !waitsForRoom && !stop.signal.aborted) {
      const item =
        worklist.take(branching >= mostBranching) ??
        (running === 0 && failed + skipped === 0 ? frontier.extra() : undefined);
      if (item === undefined) break;
      fetching += 1;
      running += 1;
      if (budget.admit()) void work(item);
      else void workWithRoom(item);
    }
    if (running === 0) finish();
  }

  async function workWithRoom(item: WorkItem): Promise<void> {
    waitsForRoom = true;
    stages.enter('room');
    const served = await budget.room(stop.signal).then(
      () => true,
      () => false,
    );
    stages.leave('room');
    waitsForRoom = false;
    if (served) {
      void work(item);
    } else {
      // Stopped while it waited.
      worklist.putBack(item);
      fetching -= 1;
      running -= 1;
    }
    pump();
  }

  async function work(item: WorkItem): Promise<void> {
    const branches = item.listing.child === undefined;
    if (branches) branching += 1;
    try {
      frontier.ahead(item);
      const response = await fetchPage(item);
      fetching -= 1;
      pump();
      const reading = response && read(item, response);
      // Once more: follow-ups that wait for nothing else have just been added.
      pump();
      await reading;
    } catch (thrown) {
      // Nothing above may throw for what an upstream does: this is a bug, in a plugin or here. It ends this source
      // only, and it is told.
      giveUp(classify(thrown));
    } finally {
      running -= 1;
      if (branches) branching -= 1;
      pump();
    }
  }

  async function fetchPage(item: WorkItem): Promise<HttpResponse | undefined> {
    const { failure, child } = item.listing;
    if (failure !== undefined) {
      failPage(item, failure);
      return undefined;
    }
    const { breaker, handle } = clients.of(child);
    stages.enter('breaker');
    try {
      await breaker.ready(stop.signal);
    } catch (thrown) {
      worklist.putBack(item);
      if (!stop.signal.aborted) giveUp(classify(thrown));
      return undefined;
    } finally {
      stages.leave('breaker');
    }
    try {
      return await handle({
        key: item.request.key,
        url: resolveUrl(source.baseUrl, item.request.url),
        method: item.request.method ?? 'GET',
        headers: item.request.headers ?? {},
        body: item.request.body,
        cost: requestCost(source.plugin, item.request),
        attempt: item.attempts + 1,
        signal: stop.signal,
      });
    } catch (thrown) {
      const error = classify(thrown);
      if (stop.signal.aborted) worklist.putBack(item);
      // An open breaker refuses, it does not fail: the page keeps its attempts and waits on the worklist.
      else if (error.code === 'circuit_open') worklist.putBack({ ...item, attempts: error.attempts ?? item.attempts });
      else failPage(item, error);
      return undefined;
    }
  }

  async function read(item: WorkItem, response: HttpResponse): Promise<void> {
    const held = holdPage(budget.hold(response.body.length), stages);
    let result: ReadResult | undefined;
    try {
      result = await reader.read(item, response, held);
    } finally {
      // Whatever goes wrong, even here: bytes that are held for ever would stop the other sources.
      if (result !== 'delivered') held.release();
    }
    if (result === 'delivered') delivered += 1;
    else if (result === 'skipped') skipped += 1;
    else if (result !== 'put-back') settle(item, result, response);
  }

  function settle(item: WorkItem, error: SluiceError, response: HttpResponse): void {
    // A thread that was stopped under its page: what stopped the run is what the page failed by.
    if (stop.signal.aborted && error.code === 'worker_failed') worklist.putBack(item);
    else failPage(item, error, response.body);
  }

  function notice(error: SluiceError): void {
    push({ kind: 'notice', source: source.name, error });
  }

  /** Why the source ends before all its pages were asked for, if it does. */
  function cutOff(): SluiceError | undefined {
    if (fatal !== undefined) return fatal;
    if (stop.signal.aborted) return stopped(classify(stop.signal.reason), client.breaker.lastFailure);
    if (!worklist.capped) return undefined;
    return capReached(source.maxPages);
  }

  function failPage(item: WorkItem, error: SluiceError, bytes?: Uint8Array<ArrayBuffer>): void {
    // An extra page that does not exist says that the listing has ended, which was the question.
    if (item.extra) return frontier.endExtras();
    failed += 1;
    const page = { ordinal: item.ordinal, key: item.request.key, ...(bytes !== undefined && { bytes }) };
    push({ kind: 'failed', source: source.name, pages: 1, error, page });
  }

  emit({
    type: 'source-started',
    source: source.name,
    baseUrl: source.baseUrl,
    rateLimits: source.rateLimits,
    limitGroup: source.limitGroup,
    pagination: pager.style ?? 'custom',
  });
  stages.begin();
  const again = { source: source.name, letters, ports, acceptance, frontier, totals, budget, push };
  await redrive({ ...again, signal: stop.signal });
  frontier.start();
  pump();
  await finished;
  leaveRun();
  stages.end();
  // Its pages are here all the same.
  await clients.close().catch((thrown: unknown) => notice(classify(thrown)));

  const missing = Math.max(worklist.pending, frontier.knownPages - delivered - skipped - failed);
  const cut = cutOff();
  if (cut !== undefined && (missing > 0 || !stop.signal.aborted || fatal !== undefined)) {
    // Pages that only a wrong total speaks of are none.
    const pages = cut.code === 'total_mismatch' ? 1 : Math.max(missing, 1);
    failed += pages;
    push({ kind: 'failed', source: source.name, pages, error: cut });
  }
  const incomplete = failed + skipped === 0 ? totals.incomplete : undefined;
  if (incomplete !== undefined) notice(incomplete);
  if (failed === 0 && incomplete === undefined) return 'complete';
  return delivered + skipped === 0 ? 'failed' : 'partial';
}

/** Why a source was cut off, with what its upstream was failing by at that time, where it was. */
function stopped(reason: SluiceError, failure: SluiceError | undefined): SluiceError {
  if (failure === undefined) return reason;
  const { status, url, message } = failure;
  return reason.with({ cause: failure, status, url, message: `${reason.message}; the last failure was: ${message}` });
}
