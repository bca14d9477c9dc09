import type { PageProcessor } from '../contracts/batch.ts';

/**
 * Sends the pages of some sources to processors of their own: a source that waits for its upstream while its records are
 * enriched must not keep threads from the others, nor they from it.
 */
export function routeBySource(
  own: ReadonlyMap<string, PageProcessor>,
  others: PageProcessor | undefined,
): PageProcessor {
  const all = [...own.values(), ...(others === undefined ? [] : [others])];
  return {
    threads: all.reduce((sum, { threads }) => sum + threads, 0),
    process(page, ask) {
      const processor = own.get(page.source) ?? others;
      if (processor === undefined) throw new TypeError(`there is no source "${page.source}"`);
      return processor.process(page, ask);
    },
    async close() {
      await Promise.all(all.map((processor) => processor.close()));
    },
  };
}
