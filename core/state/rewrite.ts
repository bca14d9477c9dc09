import type { Disk } from './disk.ts';
import { encodeLine } from './checked-lines.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { JournalLine, LifeLine } from './lines.ts';
import { type JournalOutline, journalLines } from './replay.ts';

export interface RewriteOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly outline: JournalOutline;
  /** Of the config by which the run goes on. */
  readonly fingerprint: Fingerprint;
  readonly life: LifeLine;
  /** Replaces where a sink stands. */
  readonly positions: JournalOutline['positions'];
}

/** Bytes that are written at once. */
const pieceBytes = 256 * 1024;

/**
 * Begins a new life in the journal: everything behind the cut goes, for it is going to happen again in another way. In
 * one step: a crash leaves the old journal or the new one.
 */
export async function rewriteJournal({
  disk,
  path,
  outline,
  fingerprint,
  life,
  positions,
}: RewriteOptions): Promise<void> {
  const copy = `${path}.new`;
  await disk.remove(copy);
  const file = await disk.append(copy);
  try {
    let waiting: Uint8Array[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      await file.append(Buffer.concat(waiting));
      waiting = [];
      bytes = 0;
    };
    for await (const line of rewritten(journalLines(disk, path), outline.cut, fingerprint)) {
      const encoded = encodeLine(line);
      waiting.push(encoded);
      bytes += encoded.byteLength;
      if (bytes > pieceBytes) await flush();
    }
    for (const [sink, position] of positions) {
      waiting.push(encodeLine({ type: 'commit', sink, epoch: outline.cut, position }));
    }
    waiting.push(encodeLine(life));
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(copy, path);
}

async function* rewritten(
  lines: AsyncIterable<JournalLine>,
  cut: number,
  fingerprint: Fingerprint,
): AsyncIterable<JournalLine> {
  for await (const line of lines) {
    if (line.type === 'run') yield { ...line, fingerprint };
    else if (line.type === 'life' || (line.type === 'epoch' && line.epoch <= cut)) yield line;
  }
}
