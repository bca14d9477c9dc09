import type { RunReport } from '../contracts/report.ts';
import { SluiceError } from '../errors.ts';

/**
 * Holds each sink's figures against the identity `read + split = written + rejected + duplicates + dropped +
 * filtered + unwritten`, and the number of records against what the items leave. Throws `internal_error` with all figures
 * where one does not hold: a record went missing, or was counted twice.
 */
export function assertReconciled(report: RunReport): void {
  const problems: string[] = [];
  const accepted = { read: 0, split: 0, rejected: 0, duplicates: 0, dropped: 0 };
  for (const { items } of Object.values(report.monitoring.sources)) {
    accepted.read += items.read;
    accepted.split += items.split;
    accepted.rejected += items.rejected;
    accepted.duplicates += items.duplicates;
    accepted.dropped += items.dropped;
  }
  const left = accepted.read + accepted.split - accepted.rejected - accepted.duplicates - accepted.dropped;
  if (left !== report.summary.total_products) {
    problems.push(`${figures(accepted)} leave ${left} records, ${report.summary.total_products} were accepted`);
  }
  for (const [name, { reconciliation }] of Object.entries(report.monitoring.sinks)) {
    const { read, split, written, rejected, duplicates, dropped, filtered, unwritten } = reconciliation;
    if (read + split !== written + rejected + duplicates + dropped + filtered + unwritten) {
      problems.push(`sink ${name}: ${figures(reconciliation)}`);
    }
  }
  if (problems.length > 0) {
    throw new SluiceError('internal_error', `the figures of the run do not add up: ${problems.join('; ')}`);
  }
}

function figures(counts: object): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(', ');
}
