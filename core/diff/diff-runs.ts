import type { ResolvedConfig } from '../config/resolved.ts';
import type { RunDiff, Shift } from '../contracts/run-diff.ts';
import { SluiceError, type ErrorCode } from '../errors.ts';
import { masked } from '../masked.ts';
import { createRedactor } from '../redact.ts';
import { readRunRecord } from '../state/run-record-file.ts';
import { chooseRuns, type WantedRuns } from './choose-runs.ts';
import { diffReports } from './diff-reports.ts';

/** What leaves a diff without records: the rest of it is worth having. */
const missing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['run_not_found']);

/**
 * Compares two runs: by their reports, and by their records where the history keeps those of both. Throws `run_not_found`,
 * `state_failed`, and what keeps records that are there from being read.
 */
export async function diffRuns(
  { state, sinks, baseDir, secrets }: Pick<ResolvedConfig, 'state' | 'sinks' | 'baseDir' | 'secrets'>,
  wanted: WantedRuns,
): Promise<RunDiff> {
  if (state === undefined) throw new SluiceError('run_not_found', 'no run is kept: the config says "state: false"');
  const runs = await chooseRuns(state.dir, wanted);
  const [before, after] = [await readRunRecord(state.dir, runs.before), await readRunRecord(state.dir, runs.after)];
  return {
    ...diffReports(before.report, after.report),
    // The reports are kept without secrets; the records are as the upstream sent them.
    ...masked(await diffRecords(sinks, baseDir, runs), createRedactor(secrets)),
  };
}

async function diffRecords(
  sinks: ResolvedConfig['sinks'],
  baseDir: string,
  runs: Shift<string>,
): Promise<Pick<RunDiff, 'records_diff' | 'records_missing'>> {
  for (const { plugin, options } of sinks) {
    if (plugin.diff === undefined) continue;
    try {
      return { records_diff: await plugin.diff({ baseDir, runs }, options), records_missing: null };
    } catch (error) {
      if (!(error instanceof SluiceError) || !missing.has(error.code)) throw error;
      return { records_diff: null, records_missing: error.message };
    }
  }
  const records_missing = 'no records of runs are kept: "history: true" in the config keeps them';
  return { records_diff: null, records_missing };
}
