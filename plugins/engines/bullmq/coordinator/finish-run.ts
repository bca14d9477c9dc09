import { rm } from 'node:fs/promises';
import { type EngineContext, nodeDisk, recordsOf, type RunEnding, writeCursors } from '../../../../core/engine.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import type { RegisteredRun, RunRegistry } from '../ledger/runs.ts';
import { shields } from './choose-run.ts';
import type { RunState } from './run-state.ts';

const dayMs = 24 * 60 * 60 * 1000;

export interface FinishOptions {
  readonly config: EngineContext['config'];
  readonly run: RegisteredRun;
  readonly state: RunState;
  readonly registry: RunRegistry;
  readonly ledger: RunLedger;
  /** Removes what BullMQ holds of it. */
  readonly forgetQueue: () => Promise<void>;
  readonly keepDays: number;
  /** Where records waited to be put together. */
  readonly waiting: string;
  readonly fullRefresh: boolean;
}

/** Has the run wait for a later life of its coordinator: some of it is not there yet, or could not be put together. */
export async function leaveRun({ registry, run: { runId } }: Pick<FinishOptions, 'registry' | 'run'>): Promise<void> {
  // It may never have been registered.
  if ((await registry.find(runId)) !== undefined) await registry.setState(runId, 'paused');
}

/**
 * Ends a run for good: keeps how far the sources in `complete` have been read, and removes what is of no use any more. Throws
 * `state_failed`.
 */
export async function finishRun(options: FinishOptions, complete: readonly string[]): Promise<void> {
  const { config, run, state, registry, ledger, forgetQueue, keepDays, waiting, fullRefresh } = options;
  if (config.state !== undefined) {
    const seen = Object.fromEntries([...state.cursors].filter(([name]) => complete.includes(name)));
    const started = { at: run.startedAt };
    await writeCursors(nodeDisk, config.state.dir, config.sources, { seen, run: started, anew: fullRefresh });
  }
  // First: from here on nobody takes it up, and what a crash leaves is only in the way.
  await registry.end(run.runId, { records: recordsOf(state.sources), lives: state.life });
  await forgetQueue();
  await ledger.forget(keepDays * dayMs);
  if (keepDays === 0 && !shields(run, await registry.list())) await registry.remove(run.runId);
  await rm(waiting, { recursive: true, force: true });
}

/** Whether a run with this end can go on later. */
export function isUnfinished(ending: RunEnding): boolean {
  return ending === 'interrupted' || ending === 'deadline';
}
