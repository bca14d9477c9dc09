import type { Shift } from '../contracts/run-diff.ts';
import { SluiceError } from '../errors.ts';
import { type Disk, nodeDisk } from '../state/disk.ts';
import { hasRunRecord } from '../state/run-record-file.ts';
import { listRunIds } from '../state/run-folders.ts';

/** Which two runs are compared: ids, `last` or `previous`. Default: the last two. */
export type WantedRuns = Partial<Shift<string>>;

/**
 * Finds the two runs among those that have ended: what has kept no report can't be compared. `last` is the newest of them,
 * `previous` the one before it. Throws `run_not_found`, and `config_invalid` where both are the same.
 */
export async function chooseRuns(
  stateDir: string,
  { before = 'previous', after = 'last' }: WantedRuns,
  disk: Disk = nodeDisk,
): Promise<Shift<string>> {
  const ended: string[] = [];
  for (const id of await listRunIds(disk, stateDir)) {
    if (ended.length === 2) break;
    if (await hasRunRecord(disk, stateDir, id)) ended.push(id);
  }
  const named: Readonly<Record<string, string | undefined>> = { last: ended[0], previous: ended[1] };
  const find = (wanted: string): string => {
    const id = Object.hasOwn(named, wanted) ? named[wanted] : wanted;
    if (id !== undefined) return id;
    const held = ended.length === 0 ? 'no run' : 'one run only';
    throw new SluiceError(
      'run_not_found',
      `there is no ${wanted} run to compare: ${stateDir} holds ${held} that has ended; "pipeline runs" lists them`,
    );
  };
  const chosen = { before: find(before), after: find(after) };
  if (chosen.before === chosen.after) {
    throw new SluiceError(
      'config_invalid',
      `"${before}" and "${after}" are both the run ${chosen.after}: name two runs`,
    );
  }
  return chosen;
}
