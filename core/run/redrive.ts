import type { PageInput, PageRead, Reject } from '../contracts/batch.ts';
import type { RejectedItem } from '../contracts/journal.ts';
import type { EnginePorts, PageOutcome } from '../contracts/engine.ts';
import type { AcceptedPage, Acceptance } from './acceptance.ts';
import type { ByteBudget } from './byte-budget.ts';
import { holdPage } from './held-page.ts';
import { createDelivery } from './delivered.ts';
import { noPageMetrics } from '../metrics/page-metrics.ts';
import type { Frontier } from './frontier.ts';
import type { SourceTotals } from './source-totals.ts';

export interface RedriveOptions {
  readonly source: string;
  readonly letters: readonly RejectedItem[];
  readonly ports: EnginePorts;
  readonly acceptance: Acceptance;
  readonly frontier: Pick<Frontier, 'open'>;
  readonly totals: SourceTotals;
  readonly budget: ByteBudget;
  readonly push: (outcome: PageOutcome) => void;
  readonly signal: AbortSignal;
}

/** Items that are handed to processing at once. */
const chunkLength = 200;

/** What stands for the page of items that were driven again. */
const redrivenKey = 'dead-letters';

/**
 * Drives items that were rejected through processing once more, without asking the upstream. What is rejected again
 * becomes a dead letter again. Stops between two chunks when `signal` is aborted: a later life goes on with the rest.
 */
export async function redrive(options: RedriveOptions): Promise<void> {
  const { source, letters, ports, acceptance, frontier, totals, budget, push, signal } = options;
  for (let from = 0; from < letters.length && !signal.aborted;) {
    const { child, chunk } = nextChunk(letters, from);
    from += chunk.length;
    const input: PageInput = {
      source,
      bytes: new Uint8Array(new TextEncoder().encode(`[${chunk.join(',')}]`)),
      contentType: 'application/json',
      processedAt: new Date(ports.clock.date()).toISOString(),
      bare: true,
      ...(child !== undefined && { child }),
    };
    const { toSinks, release } = holdPage(budget.hold(input.bytes.length), ports.stages(source));
    const verdict = await ports.processor.process(input);
    // The thread was stopped with the run: nothing is decided about these items.
    if (!verdict.ok && signal.aborted) return release();
    const accepted = verdict.ok ? await acceptance.accept(verdict, input) : verdict;
    const done = 'page' in accepted ? accepted : refused(chunk, accepted.message);
    if (done.page.parents !== undefined) frontier.open(done.page.parents);
    // Their items were counted among those of their pages already: the totals stay as they are.
    toSinks();
    const delivery = { source, pageKey: redrivenKey, child, ordinal: undefined, totals, attempts: 1 };
    push(createDelivery(done, { ...delivery, bytes: input.bytes.length, release }));
  }
}

/** The next items that come from one listing: they are processed as items of that. */
function nextChunk(letters: readonly RejectedItem[], from: number) {
  const child = letters[from]?.child;
  const name = JSON.stringify(child);
  const chunk: string[] = [];
  for (const letter of letters.slice(from, from + chunkLength)) {
    if (JSON.stringify(letter.child) !== name) break;
    chunk.push(letter.raw);
  }
  return { child, chunk };
}

/** A chunk that could not be processed at all: its items stay dead letters. */
function refused(chunk: readonly string[], message: string): AcceptedPage {
  const rejects = chunk.map((raw, index): Reject => ({ reason: 'normalizer_failed', index, message, raw }));
  const page: PageRead = {
    ok: true,
    items: chunk.length,
    split: 0,
    total: undefined,
    bytesHash: 0n,
    count: 0,
    ndjson: new Uint8Array(0),
    idHashes: new BigUint64Array(0),
    metrics: noPageMetrics(),
    rejects,
    skipped: 0,
    drops: new Map(),
    processingMs: 0,
  };
  return { page, duplicates: 0 };
}
