import { join } from 'node:path';
import type { RunRecord } from '../contracts/run-record.ts';
import { SluiceError } from '../errors.ts';
import { property } from '../unknown.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { replaceFile } from './replace-file.ts';
import { listRunIds, runFolder } from './run-folders.ts';
import { stateError } from './state-error.ts';

/** What is kept of a run for people, within its folder. */
function recordFile(folder: string): string {
  return join(folder, 'report.json');
}

/** Keeps the record of a run that has ended, in one step. Throws `state_failed`. */
export async function writeRunRecord(disk: Disk, folder: string, record: RunRecord): Promise<void> {
  const file = recordFile(folder);
  try {
    await replaceFile(disk, file, `${JSON.stringify(record)}\n`);
  } catch (error) {
    throw stateError(error, `keeping the report in ${file}`);
  }
}

/** Whether a run has kept a record. Throws `config_invalid` for what is no id. */
export async function hasRunRecord(disk: Disk, stateDir: string, runId: string): Promise<boolean> {
  return (await disk.list(runFolder(stateDir, runId))).includes('report.json');
}

/**
 * The record of a run: that of an id, or of the newest that has one, `last`, or of the one before it, `previous`. Throws
 * `run_not_found` where there is none, and `state_failed` where it can't be read.
 */
export async function readRunRecord(
  stateDir: string,
  wanted: string = 'last',
  disk: Disk = nodeDisk,
): Promise<RunRecord> {
  const isNamed = wanted === 'last' || wanted === 'previous';
  let newer = wanted === 'previous' ? 1 : 0;
  const ids = await listRunIds(disk, stateDir);
  for (const id of isNamed ? ids : [wanted]) {
    if (!(await hasRunRecord(disk, stateDir, id)) || newer-- > 0) continue;
    const record = await readRecord(disk, recordFile(runFolder(stateDir, id)));
    if (record !== undefined) return record;
  }
  if (!isNamed && !ids.includes(wanted)) {
    const known = ids.length === 0 ? 'it holds no runs' : `the latest are ${ids.slice(0, 5).join(', ')}`;
    throw new SluiceError('run_not_found', `there is no run ${wanted} in ${stateDir}; ${known}`);
  }
  const which = isNamed
    ? `${wanted === 'last' ? 'no run' : 'no run before the last'} in ${stateDir} has kept a report`
    : `the run ${wanted} has kept no report`;
  const why =
    'a run keeps it when it has ended; "pipeline runs" lists them, and --resume takes up one that was stopped';
  throw new SluiceError('run_not_found', `${which}: ${why}`);
}

async function readRecord(disk: Disk, file: string): Promise<RunRecord | undefined> {
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of disk.read(file)) pieces.push(piece);
    const kept: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    if (property(kept, 'version') !== 1) throw new Error('it is of another version of sluice');
    // Ours, and only whole: the file came into its place in one step.
    return kept as RunRecord;
  } catch (error) {
    if (property(error, 'code') === 'ENOENT') return undefined;
    throw stateError(error, `reading the report in ${file}`);
  }
}
