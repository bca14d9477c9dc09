import type { SinkPlugin } from '../contracts/sink.ts';

/** Where a test's records go: lines, and how many of them are committed is the position. */
export interface MemoryStore {
  lines: string[];
}

/** A sink that keeps its lines in a store which outlives it. `alive` throws when its process is meant to be dead. */
export function memorySink(store: MemoryStore, alive: () => void = () => undefined): SinkPlugin {
  return {
    name: 'memory',
    async open(_context, _options, position) {
      store.lines = store.lines.slice(0, typeof position === 'number' ? position : 0);
      return {
        async write(batch) {
          alive();
          const text = new TextDecoder().decode(batch.ndjson);
          store.lines.push(...text.split('\n').slice(0, -1));
        },
        async commit() {
          alive();
          return store.lines.length;
        },
        async close() {},
        async abort() {},
      };
    },
  };
}
