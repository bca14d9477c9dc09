import type { ResolvedConfig, RunReport, RunResult } from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { sinkFiles } from '../sink-files.ts';
import { nextSteps } from './next-step.ts';
import type { Paint } from './paint.ts';
import { renderReport } from './report.ts';

type Outcome = Pick<RunResult, 'report' | 'exitCode'>;

/** What a run says at its end to people, with the commands that go on from there. */
export function runReportText(
  outcome: Outcome,
  { config, columns, paint, command }: ReportTextOptions,
): readonly string[] {
  return [
    ...renderReport(outcome.report, {
      columns,
      paint,
      files: sinkFiles(config, outcome.report.summary.started_at),
      isFailed: outcome.exitCode === exitCodes.failed,
    }),
    // What can be taken up is kept in the state folder, or by the engine.
    ...(config.state === undefined && config.engine === undefined
      ? []
      : nextSteps(outcome, command, config.engine !== undefined)),
  ];
}

export interface ReportTextOptions {
  readonly config: ResolvedConfig;
  /** Width of the terminal. */
  readonly columns: number;
  readonly paint: Paint;
  /** What runs the same config again. */
  readonly command: string;
}

/** The same to machines, as one line of JSON. */
export function runReportLine({ report, exitCode }: Outcome): string {
  return JSON.stringify({
    event: 'report',
    exit_code: exitCode,
    ...report.summary,
    errors: countErrors(report),
    time: timeOf(report),
  });
}

/** Where the time went, by source. */
function timeOf({ monitoring }: RunReport): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(monitoring.sources).map(([name, { time, advice }]) => [name, { ...time, advice }]),
  );
}

function countErrors({ errors, monitoring }: RunReport): number {
  return errors.reduce((sum, { count }) => sum + count, monitoring.errors_omitted);
}
