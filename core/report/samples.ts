import type { Batch } from '../contracts/batch.ts';

/** Records that are kept of each source, and sources of which some are. */
const most = { records: 3, sources: 100 } as const;

/** The first few records of each source, as JSON. */
export interface Samples {
  /** Takes of a page what is still wanted of its source, and gives that back. */
  take(batch: Pick<Batch, 'source' | 'count' | 'records'>): readonly string[];
  /** Takes in what another process has taken. */
  add(source: string, records: readonly string[]): void;
  build(): Readonly<Record<string, readonly string[]>>;
}

/** Starts with none; `clean` makes a text from outside fit to be kept: bounded, one line, no secrets. */
export function createSamples(clean: (text: string) => string): Samples {
  const taken = new Map<string, string[]>();

  function wanted(source: string): number {
    const own = taken.get(source);
    if (own === undefined) return taken.size === most.sources ? 0 : most.records;
    return most.records - own.length;
  }

  function add(source: string, records: readonly string[]): void {
    const some = records.slice(0, wanted(source));
    if (some.length > 0) taken.set(source, [...(taken.get(source) ?? []), ...some]);
  }

  return {
    take({ source, count, records }) {
      const room = wanted(source);
      if (room === 0 || count === 0) return [];
      const some = records()
        .slice(0, room)
        .map((record) => clean(JSON.stringify(record)));
      add(source, some);
      return some;
    },
    add,
    build: () => Object.fromEntries(taken),
  };
}
