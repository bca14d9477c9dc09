import type { PageInput, PageUnreadable } from '../contracts/batch.ts';
import type { EnginePorts, PageOutcome, SourcePlan } from '../contracts/engine.ts';
import type { HttpResponse } from '../contracts/http.ts';
import { classify, SluiceError } from '../errors.ts';
import { redactUrl } from '../redact.ts';
import { type AcceptedPage, type Acceptance, checkLength } from './acceptance.ts';
import { createDelivery } from './delivered.ts';
import { createFetchedPage, type ReadablePage } from './fetched-page.ts';
import { startableNow } from './follow-ups.ts';
import type { Frontier } from './frontier.ts';
import type { HeldPage } from './held-page.ts';
import type { SourceTotals } from './source-totals.ts';
import type { WorkItem } from './worklist.ts';

export interface PageReaderOptions {
  readonly source: SourcePlan;
  readonly ports: EnginePorts;
  readonly frontier: Frontier;
  readonly acceptance: Acceptance;
  readonly totals: SourceTotals;
  readonly push: (outcome: PageOutcome) => void;
  /** Ends the source: a guard tripped. */
  readonly giveUp: (error: SluiceError) => void;
}

/** An upstream may send the same items for ever in other words; a listing that is shifted repeats a page or two. */
export const mostStalePages = 50;

/** What became of a page that was fetched; an error is final for that page. */
export type ReadResult = 'delivered' | 'skipped' | 'put-back' | SluiceError;

/** Takes fetched pages to their outcome, and the worklist along with them. */
export interface PageReader {
  read(item: WorkItem, response: HttpResponse, held: HeldPage): Promise<ReadResult>;
}

export function createPageReader(options: PageReaderOptions): PageReader {
  const { source, ports, frontier, acceptance, totals, push, giveUp } = options;
  const { processor, clock, emit } = ports;
  let announced = 0;

  function announce(): void {
    if (totals.pages === undefined || frontier.knownPages === announced) return;
    announced = frontier.knownPages;
    emit({ type: 'pages-known', source: source.name, pages: announced });
  }

  async function read(item: WorkItem, response: HttpResponse, held: HeldPage): Promise<ReadResult> {
    const { listing } = item;
    const { pager, child } = listing;
    const needs = pager.needs ?? 'body';
    const page = createFetchedPage(listing.resource, item.request, response);
    if (response.action !== undefined) return skip(item, response.action, page);
    const early = item.expanded ? [] : needs === 'items' ? undefined : frontier.followUps(item, page);
    // Refused by what the body says: more to the point than what a worker would make of it.
    if (early instanceof SluiceError && early.code === 'response_refused') return refuse(item, response, early);
    const now = startableNow({ pager, page, early, extra: item.extra });
    if (now !== undefined) frontier.follow(item, now);
    const expanded = item.expanded || now !== undefined;
    const attempts = attemptsOf(item, response);

    const input: PageInput = {
      source: source.name,
      bytes: response.body,
      contentType: response.headers['content-type'] ?? '',
      processedAt: new Date(clock.date()).toISOString(),
      child,
    };
    // What the pager had to see of the body, it has seen.
    if (early !== undefined) page.forget();
    const verdict = await processor.process(input);
    // The worker's verdict on the body has the first word, then what the pager makes of it.
    if (!verdict.ok) return again({ ...item, expanded, attempts }, unreadable(verdict).with(whereOf(response)));
    page.counted(verdict.items);
    const late = early ?? frontier.followUps(item, page);
    if (late instanceof SluiceError) return again({ ...item, expanded, attempts }, late.with(whereOf(response)));

    let accepted: AcceptedPage | PageUnreadable;
    try {
      const decided = acceptance.accept(verdict, input, listing.salt);
      // Most pages are decided at once, and waiting for what is there costs a turn.
      accepted = decided instanceof Promise ? await decided : decided;
    } catch (thrown) {
      const error = classify(thrown).with({ ...whereOf(response), attempts });
      // An extra page equal to an earlier one: past its end, the upstream repeats itself, and that is an end.
      if (item.extra) return error;
      if (child !== undefined) {
        listing.failure ??= error;
        return error;
      }
      giveUp(error);
      frontier.worklist.putBack(item);
      return 'put-back';
    }
    if (!('page' in accepted))
      return again({ ...item, expanded, attempts }, unreadable(accepted).with(whereOf(response)));
    totals.observe(item, accepted.page, response.headers);
    // Past its end an upstream may repeat its last page for ever: only what is new leads further.
    if (item.extra && accepted.page.count === 0) frontier.endExtras();
    // Before the page is handed over: a later life of the run must not know the page as done and not what follows it.
    if (!expanded && !item.extra) frontier.follow(item, late);
    if (accepted.page.parents !== undefined) frontier.open(accepted.page.parents);
    held.toSinks();
    push(
      createDelivery(accepted, {
        source: source.name,
        pageKey: item.request.key,
        child,
        ordinal: item.ordinal,
        totals,
        attempts,
        bytes: response.body.length,
        unchanged: response.unchanged,
        release: held.release,
      }),
    );
    announce();
    const tooLong = checkLength(pager, accepted.page);
    if (tooLong !== undefined) frontier.end(listing, tooLong.with(whereOf(response)));
    listing.stalePages = accepted.page.count === 0 && accepted.duplicates > 0 ? listing.stalePages + 1 : 0;
    if (listing.stalePages >= mostStalePages) frontier.end(listing, goesInCircles().with(whereOf(response)));
    if (totals.exhausted && totals.mismatch !== undefined) giveUp(totals.mismatch.with(whereOf(response)));
    return 'delivered';
  }

  /** A page that a response rule has settled; what comes after one that is ignored is still the pager's to say. */
  function skip(item: WorkItem, action: 'ignore' | 'end-of-pages', page: ReadablePage): ReadResult {
    if (action === 'ignore' && !item.expanded && !item.extra) {
      const next = frontier.followUps(item, page);
      if (next instanceof SluiceError) return next;
      frontier.follow(item, next);
    }
    if (item.extra) frontier.endExtras();
    push({ kind: 'skipped', source: source.name, ordinal: item.ordinal, key: item.request.key, action });
    return 'skipped';
  }

  /** A body that says by itself that it is none of the pages. */
  function refuse(item: WorkItem, response: HttpResponse, error: SluiceError): ReadResult {
    return again({ ...item, attempts: attemptsOf(item, response) }, error.with(whereOf(response)));
  }

  /** Puts a page with a bad body back, within the same count of attempts; nothing of it was written. */
  function again(turn: WorkItem, error: SluiceError): ReadResult {
    const { attempts, request } = turn;
    if (!error.retryable || attempts > source.retry.retries) return error.with({ attempts });
    emit({
      type: 'retry',
      source: source.name,
      key: request.key,
      attempt: attempts + 1,
      delayMs: 0,
      error: error.code,
      message: error.message,
    });
    frontier.worklist.putBack(turn);
    return 'put-back';
  }

  return { read };
}

/** Attempts that a page has used with this answer. */
export function attemptsOf(item: Pick<WorkItem, 'attempts'>, { attempts }: HttpResponse): number {
  return attempts ?? item.attempts + 1;
}

/** Where an answer came from, for errors. */
export function whereOf({ status, url }: HttpResponse): { readonly status: number; readonly url: string } {
  return { status, url: redactUrl(url) };
}

/** The error for a listing that brings nothing new any more. */
export function goesInCircles(): SluiceError {
  const text = `the last ${mostStalePages} pages held nothing but records that had come before`;
  return new SluiceError('pagination_loop', text);
}

/** Another try may bring a better body; a page on which the worker itself failed is not tried again. */
export function unreadable({ code, message }: PageUnreadable): SluiceError {
  return new SluiceError(code, message, { retryable: code !== 'worker_failed' });
}
