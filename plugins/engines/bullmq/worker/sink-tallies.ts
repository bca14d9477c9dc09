import type { TimedEvent } from '../../../../core/engine.ts';
import type { SinkTally } from '../ledger/outcome.ts';

/** Adds up what the sinks of a session tell of themselves, by the barriers between which it was written. */
export interface SinkTallies {
  on(event: TimedEvent): void;
  /** A sink has committed all up to the end of an epoch: what it has told belongs to that. */
  committed(sink: string, epoch: number): void;
  /** What was told up to the end of an epoch and not taken yet. */
  take(epoch: number): Readonly<Record<string, SinkTally>>;
}

type Counts = { -readonly [Key in keyof SinkTally]: SinkTally[Key] };

export function createSinkTallies(): SinkTallies {
  const open = new Map<string, Counts>();
  let closed: { readonly sink: string; readonly epoch: number; readonly counts: Counts }[] = [];

  function countsOf(sink: string): Counts {
    let counts = open.get(sink);
    if (counts === undefined) open.set(sink, (counts = { records: 0, bytes: 0, ms: 0, filtered: 0 }));
    return counts;
  }

  return {
    on(event) {
      if (event.type === 'sink-filtered') countsOf(event.sink).filtered += event.records;
      if (event.type !== 'sink-wrote') return;
      const counts = countsOf(event.sink);
      counts.records += event.records;
      counts.bytes += event.bytes;
      counts.ms += event.ms;
    },
    committed(sink, epoch) {
      const counts = open.get(sink);
      if (counts === undefined) return;
      open.delete(sink);
      closed.push({ sink, epoch, counts });
    },
    take(epoch) {
      const taken = new Map<string, Counts>();
      for (const { sink, counts } of closed.filter((each) => each.epoch <= epoch)) {
        const sum = taken.get(sink) ?? { records: 0, bytes: 0, ms: 0, filtered: 0 };
        taken.set(sink, {
          records: sum.records + counts.records,
          bytes: sum.bytes + counts.bytes,
          ms: sum.ms + counts.ms,
          filtered: sum.filtered + counts.filtered,
        });
      }
      closed = closed.filter((each) => each.epoch > epoch);
      return Object.fromEntries(taken);
    },
  };
}
