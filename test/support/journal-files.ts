import { encodeLine } from '../../core/state/checked-lines.ts';
import { type JournalLine, journalVersion, type RunLine } from '../../core/state/lines.ts';
import { journalFile, runFolder } from '../../core/state/run-folders.ts';
import type { FakeDisk } from './fake-disk.ts';

export const stateDir = '/state';

/** First line of a journal, of a source `shop` into a sink `file`. */
export function runLine(id: string, change: Partial<RunLine> = {}): RunLine {
  return {
    type: 'run',
    version: journalVersion,
    id,
    at: Date.UTC(2026, 0, 31, 12),
    hashKey: '00000000000000ff',
    config: 'pipeline.config.ts',
    sources: ['shop'],
    sinks: ['file'],
    fingerprint: { sources: 'a', 'source shop: plugin': 'p', model: 'm' },
    ...change,
  };
}

/** An epoch that all have committed, with what happened to `shop` in it. */
export function committedEpoch(
  epoch: number,
  shop: Extract<JournalLine, { type: 'epoch' }>['sources'][string] = {},
): JournalLine[] {
  return [
    { type: 'epoch', epoch, at: 0, elapsedMs: epoch * 200, sources: { shop } },
    { type: 'commit', sink: 'file', epoch, position: { bytes: epoch * 10 } },
    { type: 'commit', sink: '(dead letters)', epoch, position: { bytes: 0, kept: 0, omitted: 0 } },
  ];
}

/** Puts a journal into the state folder, and returns its path. */
export async function writeJournal(disk: FakeDisk, id: string, lines: readonly JournalLine[]): Promise<string> {
  const folder = runFolder(stateDir, id);
  await disk.makeFolder(folder);
  const file = await disk.append(journalFile(folder));
  for (const line of lines) await file.append(encodeLine(line));
  await file.close();
  return journalFile(folder);
}
