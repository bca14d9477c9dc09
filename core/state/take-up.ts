import type { Clock } from '../contracts/clock.ts';
import type { SinkPosition } from '../contracts/sink.ts';
import { isObject } from '../unknown.ts';
import type { ResumeRequest } from './choose-run.ts';
import { deadLetterSink, type DeadLetterPosition, noLetters } from './dead-letters.ts';
import type { Disk } from './disk.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { LifeLine } from './lines.ts';
import { type JournalOutline, replayJournal } from './replay.ts';
import { requestVault } from './request-vault.ts';
import { type RestoredRun, restoreRun } from './restore.ts';
import { beginRetry, readRetried, retryFile } from './retry.ts';
import { rewriteJournal } from './rewrite.ts';
import { journalFile } from './run-folders.ts';
import { settleLetters, sortLetters } from './sort-letters.ts';
import type { Vault } from './vault.ts';

export interface TakeUpOptions {
  readonly disk: Disk;
  /** The run's. */
  readonly folder: string;
  readonly chosen: JournalOutline;
  readonly resume: ResumeRequest | undefined;
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly vault: Vault;
  readonly baseUrls: ReadonlyMap<string, string>;
  readonly hash: (text: string) => bigint;
}

/** A run at the begin of its next life. */
export interface TakenUp extends RestoredRun {
  /** Where its dead letters stand. */
  readonly letters: DeadLetterPosition;
  /** Holds the items of the retry that is under way: of no use once the run has ended. */
  readonly retried: string | undefined;
}

/**
 * Begins the next life of a run. The journal changes in one step: a crash before it leaves the run as it was, one after
 * it leaves a life that has only just begun.
 */
export async function takeUp(options: TakeUpOptions): Promise<TakenUp> {
  const { disk, folder, chosen, resume, clock, fingerprint, vault, baseUrls, hash } = options;
  const path = journalFile(folder);
  // What an earlier life was killed in the middle of.
  if (chosen.life?.sorted === true) await settleLetters(disk, folder, chosen.life.life);
  const { show } = requestVault(vault);
  const replayed = await replayJournal({ disk, path, cut: chosen.cut, baseUrls, hash, show });
  const number = (chosen.life?.life ?? 1) + 1;
  const position = readPosition(chosen.positions.get(deadLetterSink));

  const what = { disk, folder, life: number, position };
  const { id: runId, sources } = chosen.run;
  const retry = resume?.kind === 'retry-failed' ? await beginRetry({ ...what, runId, replayed, sources }) : undefined;
  const sorted = retry === undefined ? await sortLetters({ ...what, onItem: undefined }) : retry.position;
  const letters = sorted ?? position;
  const life: LifeLine = {
    type: 'life',
    life: number,
    at: clock.date(),
    epoch: chosen.cut,
    ...(sorted !== undefined && { sorted: true }),
    ...(retry !== undefined && { retried: retry.retried }),
  };
  const positions = new Map<string, SinkPosition>([...chosen.positions, [deadLetterSink, { ...letters }]]);
  await rewriteJournal({ disk, path, outline: chosen, fingerprint, life, positions });
  if (sorted !== undefined) await settleLetters(disk, folder, number);

  const began = retry === undefined ? replayed.retryLife : number;
  // Whatever this life is for: what a retry had not come to is neither delivered nor a dead letter.
  const items = began === undefined ? new Map() : await readRetried(disk, folder, began, vault.show);
  const retried = began === undefined ? undefined : retryFile(folder, began);
  return { ...restoreRun(chosen, replayed, number, items), letters, retried };
}

/** The dead letters' own position, as the journal gave it back. */
function readPosition(position: SinkPosition | undefined): DeadLetterPosition {
  if (!isObject(position)) return noLetters;
  const number = (name: string): number => Number(Object.hasOwn(position, name) ? Reflect.get(position, name) : 0);
  return { bytes: number('bytes'), kept: number('kept'), omitted: number('omitted') };
}
