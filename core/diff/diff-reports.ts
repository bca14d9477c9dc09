import type { ErrorShift, RunDiff, Shift, SourceShift } from '../contracts/run-diff.ts';
import type { ErrorEntry, RunReport, SourceMonitoring } from '../contracts/report.ts';

/** What two reports say of how the runs went: all that a diff has but the records themselves. */
export function diffReports(before: RunReport, after: RunReport): Omit<RunDiff, 'records_diff' | 'records_missing'> {
  return {
    runs: { before: headOf(before), after: headOf(after) },
    records: { before: before.summary.total_products, after: after.summary.total_products },
    seconds: { before: before.summary.processing_time_seconds, after: after.summary.processing_time_seconds },
    sources: sourceShifts(before, after),
    errors: errorShifts(before.errors, after.errors),
  };
}

function headOf({ summary: { run_id, started_at, partial } }: RunReport): RunDiff['runs']['before'] {
  return { run_id, started_at, partial };
}

function sourceShifts(before: RunReport, after: RunReport): readonly SourceShift[] {
  const reports = [before, after] as const;
  // By maps: a source may be called like something that every object has.
  const [earlier, later] = reports.map(({ monitoring }) => new Map(Object.entries(monitoring.sources)));
  const names = new Set([...(later?.keys() ?? []), ...(earlier?.keys() ?? [])]);
  return [...names].map((source) => {
    const shift = <Value>(read: (monitoring: SourceMonitoring) => Value): Shift<Value | null> => {
      const [was, is] = [earlier?.get(source), later?.get(source)];
      return { before: was === undefined ? null : read(was), after: is === undefined ? null : read(is) };
    };
    const [errorsBefore, errorsAfter] = reports.map(({ errors }) => countOf(errors, source));
    return {
      source,
      state: shift(({ state }) => state),
      records: shift(({ records }) => records),
      rejected: shift(({ items }) => items.rejected),
      errors: {
        before: earlier?.has(source) === true ? (errorsBefore ?? 0) : null,
        after: later?.has(source) === true ? (errorsAfter ?? 0) : null,
      },
      pages_failed: shift(({ pages }) => pages.failed),
      requests: shift(({ requests }) => requests),
      retries: shift(({ retries }) => retries),
      latency_ms: { p50: shift(({ latency_ms }) => latency_ms.p50), p95: shift(({ latency_ms }) => latency_ms.p95) },
      total_ms: shift(({ time }) => time.total_ms),
    };
  });
}

function countOf(errors: readonly ErrorEntry[], endpoint: string): number {
  return errors.reduce((sum, entry) => (entry.endpoint === endpoint ? sum + entry.count : sum), 0);
}

function errorShifts(before: readonly ErrorEntry[], after: readonly ErrorEntry[]): readonly ErrorShift[] {
  const kinds = new Map<string, { kind: Omit<ErrorShift, 'count'>; before: number; after: number }>();
  for (const [side, entries] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const { endpoint, error, reason, count } of entries) {
      const key = JSON.stringify([endpoint, error, reason]);
      const kind = { endpoint, error, ...(reason !== undefined && { reason }) };
      const counted = kinds.get(key) ?? { kind, before: 0, after: 0 };
      counted[side] += count;
      kinds.set(key, counted);
    }
  }
  const difference = ({ count }: ErrorShift): number => Math.abs(count.after - count.before);
  return [...kinds.values()]
    .map(({ kind, ...count }): ErrorShift => ({ ...kind, count }))
    .toSorted((a, b) => difference(b) - difference(a) || b.count.after - a.count.after);
}
