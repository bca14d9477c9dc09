import type { RunReport } from '../contracts/report.ts';

/** What a run tells the shell: 0 all delivered, 1 all sources or all sinks failed, 3 partial, 130 interrupted. */
export type ExitCode = 0 | 1 | 3 | 130;

/** Rejected records alone leave the code at 0; a partial run without a single record is a failed one. */
export function exitCodeOf(report: RunReport, interrupted: boolean): ExitCode {
  if (interrupted) return 130;
  const sources = Object.values(report.monitoring.sources);
  const sinks = Object.values(report.monitoring.sinks);
  if (sources.every(({ state }) => state === 'failed') || sinks.every(({ state }) => state === 'failed')) return 1;
  if (!report.summary.partial) return 0;
  return report.summary.total_products > 0 ? 3 : 1;
}
