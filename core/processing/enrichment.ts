/** Items on their way through enrichers: bounded in number, each within its time. */
import type { Ask, EnrichContext, Enricher, EnrichRequest, EnrichResponse } from '../contracts/enricher.ts';
import { classify, SluiceError } from '../errors.ts';
import { pageRequest } from '../pagination/page-request.ts';
import { decodeBody } from './decode-body.ts';
import { waiting } from './in-hand.ts';
import { beginItem, goOn, type ItemTools, mostParts, type Part, type PartOrWaiting, tooMany } from './make-item.ts';
import { messageOf } from './message-of.ts';
import { createSlots, type Slots } from './slots.ts';
import { createStopwatch } from './stopwatch.ts';

const defaults = { concurrency: 4, timeoutMs: 10_000 };

export interface EnrichmentOptions {
  readonly tools: ItemTools;
  readonly ask: Ask;
  /** Told whose code is about to run, and `waiting` when none does: a hang is put down to the right item. */
  readonly inHand: (item: number) => void;
}

export interface Enrichment {
  make(item: unknown, index: number): Promise<Part | readonly Part[]>;
  /** The source was stopped meanwhile: what was made is not to be judged by it. */
  readonly stopped: boolean;
}

/** For the items of one page. */
export function createEnrichment({ tools, ask, inHand }: EnrichmentOptions): Enrichment {
  const slots = new Map<Enricher, Slots>();
  let stopped = false;

  function slotsOf(enricher: Enricher): Slots {
    let own = slots.get(enricher);
    if (own === undefined) slots.set(enricher, (own = createSlots(enricher.concurrency ?? defaults.concurrency)));
    return own;
  }

  /** Runs code of the plugin that does not wait, or its first stretch. */
  function inTurn<T>(index: number, work: () => T): T {
    inHand(index);
    try {
      return work();
    } finally {
      inHand(waiting);
    }
  }

  async function settle(
    made: PartOrWaiting | readonly PartOrWaiting[],
    index: number,
  ): Promise<Part | readonly Part[]> {
    if (!isList(made)) return 'waiting' in made ? enrich(made.waiting, made.at, index) : made;
    const parts = (await Promise.all(made.map((part) => settle(part, index)))).flat();
    return parts.length > mostParts ? tooMany : parts;
  }

  async function enrich(value: unknown, at: number, index: number): Promise<Part | readonly Part[]> {
    const enricher = tools.steps[at];
    if (enricher === undefined || typeof enricher === 'function') throw new TypeError(`step ${at} is no enricher`);
    let answer: unknown;
    try {
      // Beside the others of its page; those of other sources have threads of their own.
      answer = await slotsOf(enricher)(() => askEnricher(enricher, value, index));
    } catch (thrown) {
      if (enricher.optional !== true) {
        return { reason: 'enrichment_failed', message: `${enricher.name}: ${messageOf(thrown)}` };
      }
      answer = value;
    }
    return settle(
      inTurn(index, () => goOn(answer, at, tools)),
      index,
    );
  }

  async function askEnricher(enricher: Enricher, value: unknown, index: number): Promise<unknown> {
    const { timeoutMs = defaults.timeoutMs } = enricher;
    const over = new AbortController();
    const watch = createStopwatch(timeoutMs, () => over.abort(tooSlow(timeoutMs)));
    const late = new Promise<never>((_resolve, reject) => {
      over.signal.addEventListener('abort', () => reject(classify(over.signal.reason)), { once: true });
    });
    async function request(what: EnrichRequest): Promise<EnrichResponse> {
      watch.pause();
      try {
        return responseOf(await ask(pageRequest(what), over.signal));
      } catch (thrown) {
        const error = classify(thrown);
        if (error.code === 'interrupted') {
          stopped = true;
          over.abort(error);
        }
        throw error;
      } finally {
        watch.goOn();
        inHand(index);
        // Its code goes on within this turn of the event loop; in the next one, whoever waits has waited well.
        setImmediate(inHand, waiting);
      }
    }
    const context: EnrichContext = { ...tools.context, signal: over.signal, request };
    try {
      // Through an async function: what throws before it returns a promise rejects all the same.
      const work = inTurn(index, async () => enricher.enrich(value as never, context));
      return await Promise.race([work, late]);
    } finally {
      watch.stop();
      over.abort();
    }
  }

  return {
    get stopped() {
      return stopped;
    },
    make: (item, index) =>
      settle(
        inTurn(index, () => beginItem(item, tools)),
        index,
      ),
  };
}

function tooSlow(timeoutMs: number): SluiceError {
  return new SluiceError('timeout', `took longer than ${timeoutMs} ms`);
}

function responseOf({ status, headers, body }: Awaited<ReturnType<Ask>>): EnrichResponse {
  return {
    status,
    headers,
    json() {
      const decoded = decodeBody(body, headers['content-type'] ?? '');
      if (decoded.ok) return decoded.body;
      throw new SluiceError(decoded.code, decoded.message);
    },
  };
}

function isList(made: PartOrWaiting | readonly PartOrWaiting[]): made is readonly PartOrWaiting[] {
  return Array.isArray(made);
}
