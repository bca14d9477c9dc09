import type { PageInput, PageUnreadable } from '../contracts/batch.ts';
import type { EnginePorts, PageOutcome, SourcePlan } from '../contracts/engine.ts';
import type { HttpResponse } from '../contracts/http.ts';
import type { PageRequest } from '../contracts/page.ts';
import { classify, SluiceError } from '../errors.ts';
import { redactUrl } from '../redact.ts';
import { type AcceptedPage, checkLength, createAcceptance } from './acceptance.ts';
import { createBatch } from './batch.ts';
import { createFetchedPage, type ReadablePage } from './fetched-page.ts';
import { createTotals } from './totals.ts';
import { createWorklist, type WorkItem, type Worklist } from './worklist.ts';

export interface PageReaderOptions {
  readonly source: SourcePlan;
  readonly ports: EnginePorts;
  readonly push: (outcome: PageOutcome) => void;
  /** Ends the source: a guard tripped. */
  readonly giveUp: (error: SluiceError) => void;
}

/** What became of a page that was fetched; an error is final for that page. */
export type ReadResult = 'delivered' | 'put-back' | SluiceError;

/** Takes a source's fetched pages to their outcome, and its worklist along with them. */
export interface PageReader {
  readonly worklist: Worklist;
  /** Puts the first requests on the worklist. */
  start(): void;
  /** Adds what is known to follow a request without its answer. */
  ahead(item: WorkItem): void;
  read(item: WorkItem, response: HttpResponse, release: () => void): Promise<ReadResult>;
  /** With nothing else left: one more page, where the items do not add up to the total. */
  extra(): WorkItem | undefined;
  /** No more extra pages: the last one failed or was empty. */
  endExtras(): void;
  /** What is wrong with the source as a whole, though every page came. */
  complaint(): SluiceError | undefined;
  readonly delivered: number;
  /** Pages that the source is known to have; at least those asked for. */
  readonly knownPages: number;
}

export function createPageReader({ source, ports, push, giveUp }: PageReaderOptions): PageReader {
  const { processor, clock, emit, hash } = ports;
  const pager = source.plugin.pagination;
  const needs = pager.needs ?? 'body';
  const worklist = createWorklist({ baseUrl: source.baseUrl, maxPages: source.maxPages, hash });
  const acceptance = createAcceptance(processor);
  const totals = createTotals(pager);
  let delivered = 0;
  let extrasEnded = false;
  let announced = 0;

  const knownPages = (): number => Math.max(totals.pages ?? 0, worklist.added);

  /** Adds follow-ups, if there is a list of them; a guard that trips ends the source, with the pages it has. */
  function follow(requests: readonly PageRequest[] | SluiceError | undefined): boolean {
    if (requests === undefined || requests instanceof SluiceError) return false;
    try {
      worklist.add(requests);
    } catch (thrown) {
      giveUp(classify(thrown));
    }
    return true;
  }

  function announce(): void {
    if (totals.pages === undefined || knownPages() === announced) return;
    announced = knownPages();
    emit({ type: 'pages-known', source: source.name, pages: announced });
  }

  async function read(item: WorkItem, response: HttpResponse, release: () => void): Promise<ReadResult> {
    const page = createFetchedPage(source.plugin, item.request, response);
    const early = item.expanded ? [] : needs === 'items' ? undefined : followUps(page);
    // Follow-ups that hang on headers alone do not wait for the body's verdict.
    const expanded = item.expanded || (needs === 'headers' && follow(early));
    const turn = { ...item, expanded, attempts: response.attempts ?? item.attempts + 1 };
    const where = { status: response.status, url: redactUrl(response.url) };

    const input: PageInput = {
      source: source.name,
      bytes: response.body,
      contentType: response.headers['content-type'] ?? '',
      processedAt: new Date(clock.date()).toISOString(),
    };
    const verdict = await processor.process(input);
    if (!verdict.ok) return again(turn, unreadable(verdict).with(where));
    page.counted(verdict.items);
    const late = early ?? followUps(page);
    if (late instanceof SluiceError) return again(turn, late.with(where));

    let accepted: AcceptedPage | PageUnreadable;
    try {
      accepted = await acceptance.accept(verdict, input);
    } catch (thrown) {
      const error = classify(thrown).with({ ...where, attempts: turn.attempts });
      // An extra page equal to an earlier one: past its end, the upstream repeats itself, and that is an end.
      if (item.extra) return error;
      giveUp(error);
      worklist.putBack(item);
      return 'put-back';
    }
    if (!('page' in accepted)) return again(turn, unreadable(accepted).with(where));
    totals.observe(accepted.page, response.headers);
    // Past its end an upstream may repeat its last page for ever: only what is new leads further.
    if (item.extra && accepted.page.count === 0) extrasEnded = true;
    deliver(turn, accepted, response.body.length, release);
    if (!expanded && !item.extra) follow(late);
    announce();
    const tooLong = checkLength(pager, accepted.page);
    if (tooLong !== undefined) giveUp(tooLong.with(where));
    if (totals.exhausted && totals.mismatch !== undefined) giveUp(totals.mismatch.with(where));
    return 'delivered';
  }

  /** The pager's follow-ups, or what it threw: the worker's verdict on the body has the first word. */
  function followUps(page: ReadablePage): readonly PageRequest[] | SluiceError {
    try {
      return pager.next(page);
    } catch (thrown) {
      return pagerError('next', thrown);
    }
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
    worklist.putBack(turn);
    return 'put-back';
  }

  function deliver(turn: WorkItem, { page, duplicates }: AcceptedPage, bytes: number, release: () => void): void {
    delivered += 1;
    push({
      kind: 'delivered',
      batch: createBatch(source.name, turn.request.key, page),
      items: page.items,
      duplicates,
      dropped: 0,
      split: 0,
      rejects: page.rejects,
      metrics: page.metrics,
      attempts: turn.attempts,
      bytes,
      processingMs: page.processingMs,
      release,
    });
  }

  return {
    worklist,
    start() {
      try {
        worklist.add(pager.first());
      } catch (thrown) {
        giveUp(pagerError('first', thrown));
      }
    },
    ahead(item) {
      if (!item.fresh || pager.ahead === undefined) return;
      try {
        worklist.add(pager.ahead(item.request));
      } catch (thrown) {
        giveUp(pagerError('ahead', thrown));
      }
    },
    read,
    extra() {
      if (extrasEnded || totals.mismatch === undefined || worklist.last === undefined) return undefined;
      try {
        const request = pager.following?.(worklist.last);
        if (request !== undefined) worklist.add([request], true);
      } catch {
        // The cap, a page that was there, a pager that threw: there is nothing more to ask, and the difference is
        // reported all the same.
        extrasEnded = true;
      }
      return worklist.take();
    },
    endExtras() {
      extrasEnded = true;
    },
    complaint: () => totals.mismatch,
    get delivered() {
      return delivered;
    },
    get knownPages() {
      return knownPages();
    },
  };
}

/** What a pager threw on purpose keeps its code; anything else is a bug in the plugin, named as such. */
function pagerError(method: string, thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  return new SluiceError('source_failed', `the pager's ${method}() threw: ${classify(thrown).message}`, {
    cause: thrown,
  });
}

/** Another try may bring a better body; a page on which the worker itself failed is not tried again. */
function unreadable({ code, message }: PageUnreadable): SluiceError {
  return new SluiceError(code, message, { retryable: code !== 'worker_failed' });
}
