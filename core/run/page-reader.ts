import type { PageUnreadable } from '../contracts/batch.ts';
import type { EnginePorts, PageOutcome, SourcePlan } from '../contracts/engine.ts';
import type { HttpResponse } from '../contracts/http.ts';
import type { PageRequest } from '../contracts/page.ts';
import { classify, SluiceError } from '../errors.ts';
import { redactUrl } from '../http/redact.ts';
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

  /** Adds follow-ups; a guard that trips ends the source, with the pages it has. */
  function follow(requests: readonly PageRequest[]): void {
    try {
      worklist.add(requests);
    } catch (thrown) {
      giveUp(classify(thrown));
    }
  }

  function announce(): void {
    if (totals.pages === undefined || knownPages() === announced) return;
    announced = knownPages();
    emit({ type: 'pages-known', source: source.name, pages: announced });
  }

  async function read(item: WorkItem, response: HttpResponse, release: () => void): Promise<ReadResult> {
    const attempts = response.attempts ?? item.attempts + 1;
    const page = createFetchedPage(source.plugin, item.request, response);
    const early = item.expanded || needs === 'items' ? undefined : followUps(page);
    // Follow-ups that hang on headers alone do not wait for the body's verdict.
    const expanded = item.expanded || (needs === 'headers' && early !== undefined && !(early instanceof SluiceError));
    if (expanded && early !== undefined && !(early instanceof SluiceError)) follow(early);

    const contentType = response.headers['content-type'] ?? '';
    const input = { source: source.name, contentType, processedAt: new Date(clock.date()).toISOString() };
    const verdict = await processor.process({ ...input, bytes: response.body });
    page.settle(verdict);
    if (!verdict.ok) return unreadable(item, response, attempts, expanded, verdict);

    const late = item.expanded ? [] : (early ?? followUps(page));
    if (late instanceof SluiceError) return again(item, late, attempts, expanded) ?? late.with({ attempts });
    let accepted: AcceptedPage | PageUnreadable;
    try {
      accepted = await acceptance.accept(verdict, input);
    } catch (thrown) {
      const error = classify(thrown).with({ attempts, url: redactUrl(response.url) });
      // An extra page equal to an earlier one: past its end, the upstream repeats itself, and that is an end.
      if (item.extra) return error;
      giveUp(error);
      worklist.putBack(item);
      return 'put-back';
    }
    if (!('page' in accepted)) return unreadable(item, response, attempts, expanded, accepted);
    totals.observe(accepted.page, response.headers);
    if (item.extra && accepted.page.items === 0) extrasEnded = true;
    deliver(item, accepted, attempts, release);
    if (!expanded && !item.extra) follow(late);
    announce();
    try {
      checkLength(pager, accepted.page);
    } catch (thrown) {
      giveUp(classify(thrown).with({ url: redactUrl(response.url) }));
    }
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

  function unreadable(
    item: WorkItem,
    response: HttpResponse,
    attempts: number,
    expanded: boolean,
    { code, message }: PageUnreadable,
  ): ReadResult {
    const retryable = code !== 'worker_failed';
    const error = new SluiceError(code, message, { retryable, status: response.status, url: redactUrl(response.url) });
    return again(item, error, attempts, expanded) ?? error.with({ attempts });
  }

  /** Puts a page with a bad body back, within the same count of attempts; nothing of it was written. */
  function again(item: WorkItem, error: SluiceError, attempts: number, expanded: boolean): 'put-back' | undefined {
    if (!error.retryable || attempts > source.retry.retries) return undefined;
    emit({
      type: 'retry',
      source: source.name,
      key: item.request.key,
      attempt: attempts + 1,
      delayMs: 0,
      error: error.code,
      message: error.message,
    });
    worklist.putBack({ ...item, attempts, expanded });
    return 'put-back';
  }

  function deliver(item: WorkItem, { page, duplicates }: AcceptedPage, attempts: number, release: () => void): void {
    delivered += 1;
    push({
      kind: 'delivered',
      batch: createBatch(source.name, item.request.key, page),
      items: page.items,
      duplicates,
      dropped: 0,
      split: 0,
      rejects: page.rejects,
      metrics: page.metrics,
      attempts,
      bytes: page.bytes.length,
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
      if (item.fresh && pager.ahead !== undefined) follow(pager.ahead(item.request));
    },
    read,
    extra() {
      if (extrasEnded || !totals.differs || worklist.last === undefined) return undefined;
      const request = pager.following?.(worklist.last);
      if (request === undefined) return undefined;
      try {
        worklist.add([request], true);
      } catch {
        // The cap, or a page that was there: there is nothing more to ask, and the difference is reported.
        extrasEnded = true;
      }
      return worklist.take();
    },
    endExtras() {
      extrasEnded = true;
    },
    complaint: () => (totals.differs ? totals.mismatch() : undefined),
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
