import type { StateSettings } from '../config/resolved.ts';
import type { RunEnding } from '../contracts/journal.ts';
import { SluiceError } from '../errors.ts';
import type { Disk } from './disk.ts';
import { differences, type Fingerprint } from './fingerprint.ts';
import { type JournalOutline, outlineJournal } from './replay.ts';
import { journalFile, listRunIds, runFolder } from './run-folders.ts';
import { property } from '../unknown.ts';

/** Which run is to go on: the last one where it was stopped, a named one, or only what failed in a named one. */
export type ResumeRequest =
  | { readonly kind: 'last' }
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'retry-failed'; readonly runId: string };

export interface ChooseOptions {
  readonly disk: Disk;
  readonly state: StateSettings;
  readonly fingerprint: Fingerprint;
  readonly resume: ResumeRequest;
  readonly warn: (text: string) => void;
}

/** Endings after which a run has not come to its own end. */
const stopped: ReadonlySet<RunEnding> = new Set<RunEnding>(['interrupted', 'deadline']);

/** Whether a run was stopped before it had come to its end: by a kill, a crash, Ctrl-C or the deadline. */
export function wasStopped({ end }: JournalOutline): boolean {
  return end === undefined || stopped.has(end.ending);
}

/**
 * Finds the run to take up; undefined where there is none and a new one is to begin. Throws `run_not_found`, and
 * `run_not_resumable` with the reason.
 */
export async function chooseRun(options: ChooseOptions): Promise<JournalOutline | undefined> {
  const { resume } = options;
  return resume.kind === 'last' ? lastStopped(options) : named(options, resume);
}

/** The last run of this config, if it was stopped: one from before a complete run would put old data over new. */
async function lastStopped({ disk, state, fingerprint, warn }: ChooseOptions): Promise<JournalOutline | undefined> {
  for (const runId of await listRunIds(disk, state.dir)) {
    const outline = await outlineOf(disk, state.dir, runId).catch((error: unknown) => {
      if (!(error instanceof SluiceError)) throw error;
      return error;
    });
    if (outline instanceof SluiceError) {
      // It may have been complete: what is older must not go over it, and who always asks to resume must get to run.
      warn(`run ${runId} is not taken up, a new one begins: ${outline.message}`);
      return undefined;
    }
    if (outline === undefined) continue;
    const changed = differences(outline.run.fingerprint, fingerprint);
    if (changed.length === 0) return wasStopped(outline) ? outline : undefined;
    if (wasStopped(outline)) warn(`run ${runId} was stopped and is not taken up: ${reasonOf(changed)}`);
  }
  return undefined;
}

async function named(
  { disk, state, fingerprint }: ChooseOptions,
  { kind, runId }: Exclude<ResumeRequest, { kind: 'last' }>,
): Promise<JournalOutline> {
  const outline = await outlineOf(disk, state.dir, runId);
  if (outline === undefined) {
    const ids = (await listRunIds(disk, state.dir)).slice(0, 5);
    const known = ids.length === 0 ? 'it holds no runs' : `the latest are ${ids.join(', ')}`;
    throw new SluiceError('run_not_found', `there is no run ${runId} in ${state.dir}; ${known}`);
  }
  const retry = kind === 'retry-failed';
  const changed = differences(outline.run.fingerprint, fingerprint, retry);
  if (changed.length > 0) throw notResumable(runId, reasonOf(changed));
  if (retry && wasStopped(outline)) {
    throw notResumable(runId, `it was stopped before its end; take it up with --resume ${runId} first`);
  }
  if (!retry && outline.end?.ending === 'complete') throw notResumable(runId, 'it is complete, nothing is left to do');
  return outline;
}

async function outlineOf(disk: Disk, stateDir: string, runId: string): Promise<JournalOutline | undefined> {
  const path = journalFile(runFolder(stateDir, runId));
  try {
    return await outlineJournal(disk, path);
  } catch (error) {
    if (property(error, 'code') === 'ENOENT') return undefined;
    throw error;
  }
}

function notResumable(runId: string, reason: string): SluiceError {
  return new SluiceError('run_not_resumable', `run ${runId} can't be taken up: ${reason}`);
}

function reasonOf(changed: readonly string[]): string {
  const shown = changed.slice(0, 5).join(', ');
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : '';
  return `the config has changed since (${shown}${more}); start a new run, or put it back`;
}
