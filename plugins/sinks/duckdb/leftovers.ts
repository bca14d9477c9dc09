import { open, rm } from 'node:fs/promises';
import { type Logger, sinkError } from '../../../core/plugin.ts';
import { mergeOlderStatement } from '../tables/merge.ts';
import { noteCommits, readCommits } from '../tables/run-log.ts';
import type { DuckDatabase } from './connection.ts';
import { schema } from './dialect.ts';
import { rowsIn } from './rows.ts';
import { spoolFile, spoolFilesBeside, type SpoolOwner } from './spool-files.ts';
import { readSpoolHead, type SpoolHead } from './spool-head.ts';

/** Owners that write in this process: what they have in their files is theirs to load. */
const writing = new Set<string>();

/** Notes that an owner writes; returns how to say that it does no more. */
export function claimSpool(owner: SpoolOwner): () => void {
  const key = spoolFile(owner, 0);
  writing.add(key);
  return () => void writing.delete(key);
}

/**
 * Puts into the tables what runs before had committed and, killed or given up, had not loaded. If they are taken up later,
 * they see by the log that it is there. It must happen before newer records come: they would be replaced by older ones. What
 * can't be loaded is told, and stays where it is.
 */
export async function loadLeftovers(database: DuckDatabase, path: string, logger: Logger): Promise<void> {
  for (const { file, head } of await leftoversBeside(path)) {
    try {
      await loadLeftover(database, file, head);
    } catch (error) {
      const [reason] = sinkError(error, 'loading it').message.split('\n');
      const text = `the table "${head.table}" lacks what the run ${head.runId} has left in ${file}: ${reason ?? ''}`;
      logger.warn(text);
    }
  }
}

interface Leftover {
  readonly file: string;
  readonly head: SpoolHead;
}

/** Those of the oldest run first: its id begins with the time of its start. */
async function leftoversBeside(database: string): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const file of await spoolFilesBeside(database)) {
    const head = await readSpoolHead(file);
    if (head === undefined) continue;
    const owner = { database, runId: head.runId, sink: head.sink };
    if (spoolFile(owner, head.load) === file && !writing.has(spoolFile(owner, 0))) found.push({ file, head });
  }
  return found.toSorted((a, b) =>
    a.head.runId === b.head.runId ? a.head.load - b.head.load : a.head.runId < b.head.runId ? -1 : 1,
  );
}

async function loadLeftover(database: DuckDatabase, file: string, head: SpoolHead): Promise<void> {
  const { runId, sink, load, table, columns } = head;
  const row = { schema, runId, sink };
  const loads = await readCommits(database, row);
  // Of a database that was here before, or one of its files is missing.
  if (loads === undefined || loads < load - 1) return;
  if (loads === load - 1) {
    await cutTornLine(file);
    await database.transaction(async () => {
      await database.query(mergeOlderStatement({ schema, table }, columns, rowsIn(file, columns)));
      await noteCommits(database, row, load);
    });
  }
  await rm(file, { force: true });
}

const pieceBytes = 64 * 1024;

/** A process that is killed may leave half of a line. */
async function cutTornLine(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const piece = new Uint8Array(pieceBytes);
    for (let end = size; end > 0; end -= pieceBytes) {
      const from = Math.max(end - pieceBytes, 0);
      const { bytesRead } = await handle.read(piece, 0, end - from, from);
      const newline = piece.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (newline === -1) continue;
      if (from + newline + 1 < size) await handle.truncate(from + newline + 1);
      return;
    }
  } finally {
    await handle.close();
  }
}
