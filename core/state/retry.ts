import { SluiceError } from '../errors.ts';
import { isObject } from '../unknown.ts';
import type { RejectGroup } from '../contracts/journal.ts';
import { type DeadLetterPosition, noLetters } from './dead-letters.ts';
import type { Disk } from './disk.ts';
import { noFigures, subtractFigures, writeFigures } from './figures.ts';
import type { LifeLine, RetriedSource } from './lines.ts';
import { mergeRejectGroups } from './reject-groups.ts';
import type { ReplayedRun } from './replay.ts';
import { letterFile } from './run-folders.ts';
import { textLines } from './text-lines.ts';

/** What a retry of what failed begins with. */
export interface Retry {
  readonly sources: NonNullable<LifeLine['sources']>;
  /** Where the dead letters stand once the items that are tried again are out of them. */
  readonly position: DeadLetterPosition;
}

export interface RetryOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly runId: string;
  readonly life: number;
  readonly replayed: ReplayedRun;
  readonly position: DeadLetterPosition;
}

/** The items that a retry tries again, until it has. */
export function retryFile(folder: string, life: number): string {
  return `${letterFile(folder)}.retry-${life}`;
}

/** The letters that stay, until they are the letters of the run. */
export function keptFile(folder: string): string {
  return `${letterFile(folder)}.kept`;
}

/**
 * Takes what can be tried again out of the dead letters: whole items. They go into a file of their own, and out of the
 * figures; what was cut or is no item stays a dead letter, but for pages, which are asked for again. Throws
 * `run_not_resumable` where nothing failed.
 */
export async function beginRetry({ disk, folder, runId, life, replayed, position }: RetryOptions): Promise<Retry> {
  const again: string[] = [];
  const kept: string[] = [];
  const groups = new Map<string, RejectGroup[]>();
  for await (const line of textLines(disk, letterFile(folder), position.bytes)) {
    const letter = parseLetter(line);
    if (letter === undefined) kept.push(line);
    else if (letter.group !== undefined) {
      again.push(line);
      groups.set(letter.source, [...(groups.get(letter.source) ?? []), letter.group]);
    }
  }
  const sources: Record<string, RetriedSource> = {};
  // What an earlier retry had not come to is out of the figures already.
  if (replayed.retryLife !== undefined) {
    const earlier = await retriedLines(disk, folder, replayed.retryLife);
    for (const [name, lines] of earlier) again.push(...lines.slice(replayed.sources.get(name)?.redriven ?? 0));
  }
  for (const [name, source] of replayed.sources) {
    const rejects = groups.get(name) ?? [];
    const figures = { ...noFigures(), read: rejects.length, rejected: rejects.length };
    figures.rejects = mergeRejectGroups([], rejects);
    const pages = [...source.failed].filter((ordinal) => source.pending.has(ordinal));
    if (pages.length === 0 && rejects.length === 0) continue;
    sources[name] = { pages, letters: rejects.length, figures: writeFigures(figures) };
    source.retry = { pages: new Set(pages), letters: rejects.length };
    source.redriven = 0;
    subtractFigures(source.figures, figures);
  }
  if (Object.keys(sources).length === 0) {
    const text = `run ${runId} can't be retried: no page of it failed, and no item that was rejected is kept`;
    throw new SluiceError('run_not_resumable', text);
  }
  await writeLines(disk, retryFile(folder, life), again);
  const bytes = await writeLines(disk, keptFile(folder), kept);
  return { sources, position: { ...noLetters, bytes, kept: kept.length, omitted: position.omitted } };
}

/** The raw items that the retry of that life is about, in order, by source. */
export async function readRetried(
  disk: Disk,
  folder: string,
  life: number,
  show: (text: string) => string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const lines = await retriedLines(disk, folder, life);
  return new Map([...lines].map(([source, letters]) => [source, letters.map((line) => rawOf(show(line)))]));
}

async function retriedLines(disk: Disk, folder: string, life: number): Promise<Map<string, string[]>> {
  const letters = new Map<string, string[]>();
  for await (const line of textLines(disk, retryFile(folder, life), Infinity)) {
    const source = parseLetter(line)?.source;
    if (source === undefined) continue;
    letters.set(source, [...(letters.get(source) ?? []), line]);
  }
  return letters;
}

function rawOf(line: string): string {
  const letter = parsed(line);
  return JSON.stringify(isObject(letter) && 'raw' in letter ? letter.raw : null);
}

/** Makes the letters that stay the letters of the run; does nothing where that has been done. */
export async function settleLetters(disk: Disk, folder: string): Promise<void> {
  try {
    await disk.rename(keptFile(folder), letterFile(folder));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** A letter that is left out of the file: with a group where it is an item to be tried again. */
interface Letter {
  readonly source: string;
  readonly group: RejectGroup | undefined;
}

/** What can be tried again; undefined for a letter that stays where it is. */
function parseLetter(line: string): Letter | undefined {
  // This program wrote the line; whatever else somebody put into the file stays there.
  const letter = parsed(line);
  if (!isObject(letter) || !('source' in letter) || !('kind' in letter)) return undefined;
  const source = String(letter.source);
  if (letter.kind === 'page') return { source, group: undefined };
  if (!('raw' in letter) || !('reason' in letter) || !('index' in letter)) return undefined;
  const { reason, index } = letter;
  const field =
    'field' in letter && typeof letter.field === 'string' ? { field: letter.field.replaceAll(/\d+/g, '*') } : {};
  const example = { at: 0, key: '', index: Number(index), message: '' };
  const group = { reason: reason as RejectGroup['reason'], ...field, count: 1, first: example, last: example };
  return { source, group };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function writeLines(disk: Disk, path: string, lines: readonly string[]): Promise<number> {
  await disk.remove(path);
  const file = await disk.append(path);
  try {
    if (lines.length > 0) await file.append(Buffer.from(`${lines.join('\n')}\n`));
    await file.sync();
    return file.size;
  } finally {
    await file.close();
  }
}
