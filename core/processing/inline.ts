import type { PageInput, PageProcessor, PageVerdict } from '../contracts/batch.ts';
import type { Model } from '../contracts/model.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import type { Hasher } from './hash.ts';
import { processPage } from './process-page.ts';
import { workerFailure } from './worker-failure.ts';

/** The plugins themselves: nothing has to be loaded on the main thread. */
export interface InlineProcessorOptions {
  readonly sources: ReadonlyMap<string, SourcePlugin>;
  readonly model: Model;
  readonly hasher: Hasher;
}

/** Processes pages on the main thread: for plugins that a worker can't load, and for runs too small to need one. */
export function createInlineProcessor({ sources, model, hasher }: InlineProcessorOptions): PageProcessor {
  let closed = false;
  let previous: Promise<unknown> = Promise.resolve();

  function reply(page: PageInput): PageVerdict {
    if (closed) return workerFailure('processing was closed');
    const source = sources.get(page.source);
    if (source === undefined) return workerFailure(`there is no source "${page.source}"`);
    try {
      return processPage(page, { source, model, hash: hasher });
    } catch (error) {
      return workerFailure(error);
    }
  }

  return {
    threads: 0,
    process(page) {
      // One page a turn of the event loop: pages that came together must not keep sockets and timers waiting.
      const verdict = previous.then(nextTurn).then(() => reply(page));
      previous = verdict;
      return verdict;
    },
    async close() {
      closed = true;
      await previous;
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
