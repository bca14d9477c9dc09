import { SluiceError } from '../errors.ts';
import type { RunEnding } from '../contracts/journal.ts';
import { property } from '../unknown.ts';
import { wasStopped } from './choose-run.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './disk.ts';
import { differences, type Fingerprint } from './fingerprint.ts';
import { readFigures } from './figures.ts';
import { isLocked } from './lock.ts';
import { journalLines, outlineJournal } from './replay.ts';
import { journalFile, listRunIds, runFolder } from './run-folders.ts';

/** One run in the state folder. */
export interface ListedRun {
  readonly id: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** `stopped` had no end of its own: a kill or a crash. `damaged` can't be read. */
  readonly state: RunEnding | 'running' | 'stopped' | 'damaged';
  /** How often it was begun. */
  readonly lives: number;
  /** Name of its config file; null for a config given as an object. */
  readonly config: string | null;
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  /** Records that every sink has. */
  readonly records: number;
  /** How it can be taken up: without naming it, by its id, or not at all. */
  readonly resumable: 'yes' | 'by id' | 'no';
}

/** Lists the runs that a state folder holds, newest first; none where there is no folder. */
export async function listRuns(stateDir: string, disk: Disk = nodeDisk): Promise<readonly ListedRun[]> {
  const runs: ListedRun[] = [];
  // Only the last run of a config is taken up without naming it: an older one would put old data over new.
  const newer: Fingerprint[] = [];
  for (const id of await listRunIds(disk, stateDir)) {
    const found = await readRun(disk, stateDir, id);
    if (found === undefined) continue;
    const { fingerprint, ...run } = found;
    const isLast = fingerprint === undefined || newer.every((other) => differences(other, fingerprint).length > 0);
    runs.push(run.resumable === 'yes' && !isLast ? { ...run, resumable: 'by id' } : run);
    if (fingerprint !== undefined) newer.push(fingerprint);
  }
  // There is one lock for all: of runs without an end, the newest is taken for the one that is under way.
  const under = runs.findIndex(({ state }) => state === 'stopped');
  const living = runs[under];
  if (living !== undefined && (await isLocked(stateDir)))
    runs[under] = { ...living, state: 'running', resumable: 'no' };
  return runs;
}

/** A run, and what it depends on of its config, as far as its journal can be read. */
type ReadRun = ListedRun & { readonly fingerprint?: Fingerprint };

async function readRun(disk: Disk, stateDir: string, id: string): Promise<ReadRun | undefined> {
  const path = journalFile(runFolder(stateDir, id));
  try {
    const outline = await outlineJournal(disk, path);
    if (outline === undefined) return undefined;
    const { run, life, end } = outline;
    const complete = end?.ending === 'complete';
    return {
      fingerprint: run.fingerprint,
      id,
      startedAt: new Date(run.at).toISOString(),
      state: end?.ending ?? 'stopped',
      lives: life?.life ?? 1,
      config: run.config,
      sources: run.sources,
      sinks: run.sinks,
      records: end?.records ?? (await recordsUpTo(disk, path, outline.cut)),
      resumable: wasStopped(outline) ? 'yes' : complete ? 'no' : 'by id',
    };
  } catch (error) {
    if (property(error, 'code') === 'ENOENT') return undefined;
    if (!(error instanceof SluiceError)) throw error;
    const nothing = { lives: 1, config: null, sources: [], sinks: [], records: 0 } as const;
    return { id, startedAt: '', state: 'damaged', resumable: 'no', ...nothing };
  }
}

async function recordsUpTo(disk: Disk, path: string, cut: number): Promise<number> {
  let records = 0;
  for await (const line of journalLines(disk, path)) {
    if (line.type !== 'epoch' || line.epoch > cut) continue;
    for (const { figures = {} } of Object.values(line.sources)) records += readFigures(figures).records;
  }
  return records;
}
