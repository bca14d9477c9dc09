import type { PageInput, PageProcessor, PageVerdict } from '../contracts/batch.ts';
import type { CategoryMap } from '../contracts/categories.ts';
import type { Model } from '../contracts/model.ts';
import type { QualityRule } from '../contracts/quality.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import type { Ask } from '../contracts/enricher.ts';
import { createRecordChecks } from '../quality/record-checks.ts';
import { hasEnricher } from '../normalizing/flat-steps.ts';
import type { Hasher } from './hash.ts';
import { type PageTools, processPage, processWaitingPage } from './process-page.ts';
import { workerFailure } from './worker-failure.ts';

/** The plugins themselves: nothing has to be loaded on the main thread. */
export interface InlineProcessorOptions {
  readonly sources: ReadonlyMap<string, SourcePlugin>;
  readonly model: Model;
  readonly hasher: Hasher;
  /** Rules on the quality of records. Default: none. */
  readonly quality?: readonly QualityRule[];
  /** Default: categories stay as they come. */
  readonly categories?: CategoryMap | undefined;
}

/** Processes pages on the main thread: for plugins that a worker can't load, and for runs too small to need one. */
export function createInlineProcessor(options: InlineProcessorOptions): PageProcessor {
  const { sources, model, hasher, quality = [], categories } = options;
  const checksOf = (name: string): PageTools['checks'] =>
    createRecordChecks(
      quality.filter((rule) => rule.sources.includes(name)),
      categories,
    );
  const checks = new Map([...sources.keys()].map((name) => [name, checksOf(name)]));
  let closed = false;
  let previous: Promise<unknown> = Promise.resolve();

  const ownLine = new Map<string, Promise<unknown>>();

  async function reply(page: PageInput, ask: Ask | undefined): Promise<PageVerdict> {
    if (closed) return workerFailure('processing was closed');
    const source = sources.get(page.source);
    if (source === undefined) return workerFailure(`there is no source "${page.source}"`);
    const tools = { source, model, hash: hasher, checks: checks.get(page.source) };
    try {
      if (ask === undefined || !waits(page.source)) return processPage(page, tools);
      return await processWaitingPage(page, tools, { ask, inHand: () => undefined });
    } catch (error) {
      return workerFailure(error);
    }
  }

  function waits(name: string): boolean {
    const source = sources.get(name);
    return source !== undefined && hasEnricher(source);
  }

  return {
    threads: 0,
    process(page, ask) {
      // One page a turn of the event loop: pages that came together must not keep sockets and timers waiting. Those that
      // wait for an upstream stand in a line of their source's own.
      const own = ask !== undefined && waits(page.source);
      const line = own ? (ownLine.get(page.source) ?? Promise.resolve()) : previous;
      const verdict = line.then(nextTurn).then(() => reply(page, ask));
      if (own) ownLine.set(page.source, verdict);
      else previous = verdict;
      return verdict;
    },
    async close() {
      closed = true;
      // Not for those that wait for an upstream: they end with their source.
      await previous;
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
