import type { RunResult } from '../../core/index.ts';
import { formatCount } from './text.ts';

/**
 * What a user can do about a run that did not deliver everything, as lines of text; none where it did. `command` runs the
 * same config again. Of a run on several machines (`spread`), pages that have failed are not asked for again.
 */
export function nextSteps(
  { report, exitCode }: Pick<RunResult, 'report' | 'exitCode'>,
  command: string,
  spread = false,
): string[] {
  const { summary, errors, monitoring } = report;
  const { kept, file } = monitoring.dead_letters;
  const stopped = exitCode === 130 || errors.some(({ error }) => error === 'deadline_exceeded');
  const lines: string[] = [];
  if (stopped) lines.push(`Go on with it: ${command} --resume`);
  else if (spread) {
    const isFailed = Object.values(monitoring.sinks).some(({ state }) => state === 'failed');
    if (isFailed) lines.push(`Have the sinks try again: ${command} --resume ${summary.run_id}`);
  } else if (summary.partial) lines.push(`Ask again for what is missing: ${command} --resume ${summary.run_id}`);
  if (kept > 0 && file !== null) {
    const letters = kept === 1 ? '1 dead letter' : `${formatCount(kept)} dead letters`;
    lines.push(`${letters} in ${file}`);
    if (!stopped && !spread) lines.push(`  once they can be read: ${command} --retry-failed ${summary.run_id}`);
  }
  return lines;
}
