import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ResolvedSource } from '../config/resolved.ts';
import type { CursorValue, Incremental } from '../contracts/incremental.ts';
import { replaceFile } from '../state/replace-file.ts';
import { sourceFile } from '../state/source-file.ts';
import type { Disk } from '../state/disk.ts';
import { stateError } from '../state/state-error.ts';
import { property } from '../unknown.ts';
import { isCursor, keptCursor, later } from './cursor.ts';

/** How far each source has been read, by its name. */
export type Cursors = Readonly<Record<string, CursorValue>>;

type IncrementalSource = Pick<ResolvedSource, 'name' | 'baseUrl' | 'identity'> & { readonly incremental: Incremental };

/** The sources that declare a cursor. */
function incrementalSources(sources: readonly ResolvedSource[]): readonly IncrementalSource[] {
  return sources.flatMap(({ name, baseUrl, identity, plugin: { incremental } }) =>
    incremental === undefined ? [] : [{ name, baseUrl, incremental, ...(identity !== undefined && { identity }) }],
  );
}

/**
 * Reads what the last complete runs have kept in the state folder. A source of which nothing is kept, or of a field that
 * it no longer declares, begins at its `start`. A file that can't be read is one of which nothing is kept: all is asked
 * for, and nothing is lost; `warn` is told.
 */
export async function readCursors(
  disk: Disk,
  stateDir: string,
  sources: readonly ResolvedSource[],
  warn: (text: string) => void,
): Promise<Cursors> {
  const cursors: Record<string, CursorValue> = {};
  for (const source of incrementalSources(sources)) {
    const kept = await readCursor(disk, stateDir, source).catch((error: unknown) => {
      warn(`the cursor of ${source.name} can't be read, so all of it is asked for: ${String(error)}`);
      return undefined;
    });
    if (kept !== undefined) cursors[source.name] = kept;
  }
  return cursors;
}

async function readCursor(disk: Disk, stateDir: string, source: IncrementalSource): Promise<CursorValue | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of disk.read(fileOf(stateDir, source))) pieces.push(piece);
  } catch (error) {
    if (property(error, 'code') === 'ENOENT') return undefined;
    throw error;
  }
  const kept: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  const cursor = property(kept, 'cursor');
  if (property(kept, 'declared') !== declaredBy(source.incremental)) return undefined;
  return isCursor(cursor, source.incremental.kind ?? 'iso') ? cursor : undefined;
}

/** What a run has seen. */
interface SeenCursors {
  readonly seen: Cursors;
  /** Its start, in milliseconds since the epoch. */
  readonly run: { readonly at: number };
  /** Whatever was kept before does not count. */
  readonly anew: boolean;
}

/**
 * Keeps how far sources have been read, each in one step; a cursor never goes back, unless `anew`. Throws `state_failed`.
 */
export async function writeCursors(
  disk: Disk,
  stateDir: string,
  sources: readonly ResolvedSource[],
  { seen: cursors, run, anew }: SeenCursors,
): Promise<void> {
  for (const source of incrementalSources(sources)) {
    const seen = cursors[source.name];
    if (seen === undefined) continue;
    const kept = anew ? undefined : await readCursor(disk, stateDir, source).catch(() => undefined);
    const { kind = 'iso' } = source.incremental;
    const cursor = later(kept, keptCursor(seen, run.at, kind), kind);
    const file = fileOf(stateDir, source);
    try {
      await replaceFile(
        disk,
        file,
        `${JSON.stringify({ source: source.name, declared: declaredBy(source.incremental), cursor })}\n`,
      );
    } catch (error) {
      throw stateError(error, `keeping the cursor of ${source.name} in ${file}`);
    }
  }
}

function fileOf(stateDir: string, { name, baseUrl, identity }: IncrementalSource): string {
  return sourceFile({ folder: join(stateDir, 'cursors'), name, upstream: identity ?? baseUrl, extension: 'json' });
}

/** A cursor of another field, or of values of another kind, says nothing. */
function declaredBy({ field, param, kind = 'iso' }: Incremental): string {
  const text = [field, param, kind].map(String).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
