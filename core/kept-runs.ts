/** What is kept of runs that have ended. What reads it is loaded when it is used. */
import type { ResolvedConfig } from './config/resolved.ts';
import type { RunDiff } from './contracts/run-diff.ts';
import type { RunRecord } from './contracts/run-record.ts';
import type { WantedRuns } from './diff/choose-runs.ts';
import { engineRuns } from './engine/host.ts';
import { SluiceError } from './errors.ts';
import type { ListedRun } from './state/list-runs.ts';

/**
 * Lists the runs that a config's state folder holds, or its engine, newest first; none where none are kept. Throws what
 * keeps the engine from telling.
 */
export async function listRuns(config: Pick<ResolvedConfig, 'state'> | ResolvedConfig): Promise<readonly ListedRun[]> {
  if ('engine' in config && config.engine !== undefined) return engineRuns(config, config.engine);
  const { state } = config;
  if (state === undefined) return [];
  const { listRuns: list } = await import('./state/list-runs.ts');
  return list(state.dir);
}

/**
 * What a run has kept for people to look at: that of an id, or of the newest run that has (`last`), or of the one before it
 * (`previous`). Throws `run_not_found` where there is none, and
 * `state_failed` where it can't be read.
 */
export async function readRunRecord({ state }: Pick<ResolvedConfig, 'state'>, runId?: string): Promise<RunRecord> {
  if (state === undefined) throw new SluiceError('run_not_found', 'no run is kept: the config says "state: false"');
  const { readRunRecord: read } = await import('./state/run-record-file.ts');
  return read(state.dir, runId);
}

/**
 * Compares two runs that have ended, the last two unless told otherwise: how they went, and their records where a history
 * keeps those of both. Throws `run_not_found`, and `state_failed` or `sink_failed` where what is kept can't be read.
 */
export async function diffRuns(
  config: Pick<ResolvedConfig, 'state' | 'sinks' | 'baseDir' | 'secrets'>,
  wanted: WantedRuns = {},
): Promise<RunDiff> {
  const { diffRuns: diff } = await import('./diff/diff-runs.ts');
  return diff(config, wanted);
}
