import { describe, expect, it } from 'vitest';
import { nextSteps } from '../../../cli/render/next-step.ts';
import type { RunReport } from '../../../core/index.ts';
import { sampleReport } from './sample-report.ts';

function report(partial: boolean, kept: number, error?: RunReport['errors'][number]['error']): RunReport {
  const { summary, monitoring, ...rest } = sampleReport();
  return {
    ...rest,
    summary: { ...summary, run_id: 'run-7', partial },
    errors: error === undefined ? [] : [{ endpoint: 'a', error, timestamp: '', message: '', attempts: 1, count: 1 }],
    monitoring: { ...monitoring, dead_letters: { file: kept > 0 ? '/s/dead-letters.ndjson' : null, kept, omitted: 0 } },
  };
}

const command = 'pipeline run --mock';

describe('nextSteps', () => {
  it('has nothing to say of a run that delivered everything', () => {
    expect(nextSteps({ report: report(false, 0), exitCode: 0 }, command)).toEqual([]);
  });

  it('names the way to go on with a run that was stopped', () => {
    const goOn = ['Go on with it: pipeline run --mock --resume'];
    expect(nextSteps({ report: report(true, 0), exitCode: 130 }, command)).toEqual(goOn);
    expect(nextSteps({ report: report(true, 0, 'deadline_exceeded'), exitCode: 3 }, command)).toEqual(goOn);
  });

  it('names the run that ended in part by its id', () => {
    expect(nextSteps({ report: report(true, 0, 'http_404'), exitCode: 3 }, command)).toEqual([
      'Ask again for what is missing: pipeline run --mock --resume run-7',
    ]);
  });

  it('of a run on several machines, names only what can be done about it', () => {
    const { monitoring, ...rest } = report(true, 1, 'http_404');
    expect(nextSteps({ report: { ...rest, monitoring }, exitCode: 3 }, command, true)).toEqual([
      '1 dead letter in /s/dead-letters.ndjson',
    ]);
    const sinks = Object.fromEntries(
      Object.entries(monitoring.sinks).map(([name, sink]) => [name, { ...sink, state: 'failed' as const }]),
    );
    const failed = { ...rest, monitoring: { ...monitoring, sinks } };
    expect(nextSteps({ report: failed, exitCode: 3 }, command, true)).toContain(
      'Have the sinks try again: pipeline run --mock --resume run-7',
    );
  });

  it('says where the dead letters are, and how they are tried again', () => {
    expect(nextSteps({ report: report(false, 2), exitCode: 0 }, command)).toEqual([
      '2 dead letters in /s/dead-letters.ndjson',
      '  once they can be read: pipeline run --mock --retry-failed run-7',
    ]);
  });
});
