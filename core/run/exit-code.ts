import type { RunReport } from '../contracts/report.ts';

/**
 * What a run tells the shell: 0 all delivered, 1 all sources or all sinks failed, 3 partial or a rule on
 * quality broken that is to fail the run, 130 interrupted, 141 nobody
 * reads the output any more (what shells say of a tool that SIGPIPE ended: 128 + 13).
 */
export type ExitCode = 0 | 1 | 3 | 130 | 141;

/**
 * Rejected records alone leave the code at 0; a partial run without a single record is a failed one. `auxiliary` sinks are
 * no outputs: whether all of those have failed does not hang on them.
 */
export function exitCodeOf(
  report: RunReport,
  interrupted: boolean,
  auxiliary: ReadonlySet<string> = new Set(),
): ExitCode {
  if (interrupted) return 130;
  const sources = Object.values(report.monitoring.sources);
  const all = Object.entries(report.monitoring.sinks);
  const outputs = all.filter(([name]) => !auxiliary.has(name));
  const sinks = outputs.length > 0 ? outputs : all;
  const noSinkLeft = sinks.every(([, { state }]) => state === 'failed');
  // Asked first: with nobody to read it, what the sources would have brought is all the same.
  if (noSinkLeft && sinks.every(([name]) => isReaderGone(report, name))) return 141;
  if (noSinkLeft || sources.every(({ state }) => state === 'failed')) return 1;
  if (!report.summary.partial) return report.monitoring.quality?.failed === true ? 3 : 0;
  return report.summary.total_products > 0 ? 3 : 1;
}

function isReaderGone({ errors }: RunReport, sink: string): boolean {
  return errors.some(({ endpoint, error }) => endpoint === sink && error === 'reader_gone');
}
