import type { Disk } from './disk.ts';
import { join } from 'node:path';
import { SluiceError } from '../errors.ts';
import { cleanText } from '../redact.ts';

/** As `createRunId` of the pipeline makes them, and whatever else is one plain name. */
const runIdForm = /^[0-9A-Za-z][0-9A-Za-z-]{0,99}$/;

/** Ids of the runs that the state folder holds, newest first: an id begins with the time of its start. */
export async function listRunIds(disk: Disk, stateDir: string): Promise<readonly string[]> {
  const names = await disk.list(join(stateDir, 'runs'));
  return names.filter((name) => runIdForm.test(name)).toSorted((a, b) => (a < b ? 1 : -1));
}

/** The folder of a run. Throws `config_invalid` for what can't be an id: a command line must not lead elsewhere. */
export function runFolder(stateDir: string, runId: string): string {
  if (!runIdForm.test(runId)) {
    throw new SluiceError(
      'config_invalid',
      `"${cleanText(runId, 100)}" is no run id: one has letters, digits and hyphens, such as 20260131T120000123-4fa2c1`,
    );
  }
  return join(stateDir, 'runs', runId);
}

/** The journal within a run's folder. */
export function journalFile(folder: string): string {
  return join(folder, 'journal.log');
}

/** The rejected items and unreadable pages within a run's folder. */
export function letterFile(folder: string): string {
  return join(folder, 'dead-letters.ndjson');
}
