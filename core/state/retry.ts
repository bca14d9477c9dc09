import type { RejectGroup } from '../contracts/journal.ts';
import type { QualityCounts } from '../contracts/quality.ts';
import { SluiceError } from '../errors.ts';
import { countBroken } from '../quality/counts.ts';
import type { RejectedItem } from '../contracts/journal.ts';
import type { DeadLetterPosition } from './dead-letters.ts';
import type { Disk } from './disk.ts';
import { noFigures, subtractFigures, writeFigures } from './figures.ts';
import { isSameItem, type Letter, parseLetter } from './letter-lines.ts';
import type { LifeLine } from './lines.ts';
import { mergeRejectGroups } from './reject-groups.ts';
import type { ReplayedRun } from './replay.ts';
import { letterFile } from './run-folders.ts';
import { sortLetters, writeLines } from './sort-letters.ts';
import { textLines } from './text-lines.ts';

/** What a retry of what failed begins with. */
export interface Retry {
  readonly retried: NonNullable<LifeLine['retried']>;
  /** Where the dead letters stand without the items that are tried again; undefined where they stay as they are. */
  readonly position: DeadLetterPosition | undefined;
}

export interface RetryOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly runId: string;
  readonly life: number;
  /** Is changed: the items do not count any more. */
  readonly replayed: ReplayedRun;
  readonly position: DeadLetterPosition;
  /** Every source of the run. */
  readonly sources: readonly string[];
}

/** The items that the retry of that life tries again. */
export function retryFile(folder: string, life: number): string {
  return `${letterFile(folder)}.retry-${life}`;
}

/**
 * Takes what can be tried again out of the dead letters: whole items. They go into a file of their own, and out of the
 * figures; an item that was cut stays a dead letter. Throws `run_not_resumable` where there is nothing to be tried.
 */
export async function beginRetry(options: RetryOptions): Promise<Retry> {
  const { disk, folder, runId, life, replayed, position, sources } = options;
  const groups = new Map<string, RejectGroup[]>();
  // What an earlier retry had not come to comes first; it is out of the figures already.
  const again = await leftOver(disk, folder, replayed);
  const broken = new Map<string, QualityCounts>();
  const parts = new Map<string, number>();
  let before: Letter | undefined;
  const sorted = await sortLetters({
    disk,
    folder,
    life,
    position,
    onItem(letter, line) {
      const { source, group, rule } = letter;
      // Once for each item, however many of its records were rejected: it is going to be split again.
      if (isSameItem(letter, before)) parts.set(source, (parts.get(source) ?? 0) + 1);
      else again.push(line);
      before = letter;
      groups.set(source, mergeRejectGroups(groups.get(source) ?? [], [group]));
      if (rule === undefined) return;
      const counts = broken.get(source) ?? new Map();
      broken.set(source, counts);
      countBroken(counts, rule);
    },
  });
  // A run that came to its end left undone only what failed, and a source that could not even begin is one of those.
  const complete = sources.every((name) => replayed.sources.get(name)?.pending.size === 0);
  if (again.length === 0 && complete) {
    const text = `run ${runId} can't be retried: no page of it failed, and no item that was rejected is kept`;
    throw new SluiceError('run_not_resumable', text);
  }
  const retried: Record<string, ReturnType<typeof writeFigures>> = {};
  for (const [name, rejects] of groups) {
    const count = rejects.reduce((sum, group) => sum + group.count, 0);
    const split = parts.get(name) ?? 0;
    const quality = broken.get(name) ?? new Map();
    const figures = { ...noFigures(), read: count - split, split, rejected: count, rejects, quality };
    retried[name] = writeFigures(figures);
    const source = replayed.sources.get(name);
    if (source !== undefined) subtractFigures(source.figures, figures);
  }
  for (const source of replayed.sources.values()) source.redriven = 0;
  await writeLines(disk, retryFile(folder, life), again);
  return { retried, position: sorted };
}

async function leftOver(disk: Disk, folder: string, { retryLife, sources }: ReplayedRun): Promise<string[]> {
  if (retryLife === undefined) return [];
  const done = new Map([...sources].map(([name, { redriven }]) => [name, redriven]));
  const lines: string[] = [];
  for await (const line of textLines(disk, retryFile(folder, retryLife), Infinity)) {
    const letter = parseLetter(line);
    if (letter.kind !== 'item') continue;
    const left = done.get(letter.source) ?? 0;
    if (left > 0) done.set(letter.source, left - 1);
    else lines.push(line);
  }
  return lines;
}

/** The raw items that the retry of that life is about, in order, by source. */
export async function readRetried(
  disk: Disk,
  folder: string,
  life: number,
  show: (text: string) => string,
): Promise<ReadonlyMap<string, readonly RejectedItem[]>> {
  const items = new Map<string, RejectedItem[]>();
  for await (const line of textLines(disk, retryFile(folder, life), Infinity)) {
    const letter = parseLetter(line, show);
    if (letter.kind !== 'item') continue;
    const known = items.get(letter.source);
    const { raw, child } = letter;
    const item = { raw, ...(child !== undefined && { child }) };
    if (known === undefined) items.set(letter.source, [item]);
    else known.push(item);
  }
  return items;
}
