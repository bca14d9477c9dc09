import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { type RecordsDiff, type Shift, SluiceError } from '../../../core/plugin.ts';
import { openDuckDatabase } from '../duckdb/connection.ts';
import { whenFree } from '../duckdb/when-free.ts';
import { quoteText } from '../tables/quote.ts';
import { diffRecords } from './diff-records.ts';
import { historyFile, recordsFile } from './writer.ts';

/** How long a comparison waits for the end of a run that is adding itself to the history, in milliseconds. */
const waitMs = 5_000;

/**
 * Compares the records of two runs that the history of a state folder keeps. Throws `run_not_found` where those of one are
 * not kept, or not any more.
 */
export async function diffStoredRuns(
  runs: Shift<string>,
  { dir, memoryLimit }: { readonly dir: string; readonly memoryLimit: string },
): Promise<RecordsDiff> {
  const files = { before: recordsFile(dir, runs.before), after: recordsFile(dir, runs.after) };
  for (const side of ['before', 'after'] as const) {
    if (await isThere(files[side])) continue;
    const text = `the records of the run ${runs[side]} are not kept: those of a run with "history: true" are, for as many runs as "keepRuns" says`;
    throw new SluiceError('run_not_found', text);
  }
  const whole = await wholeSources(historyFile(dir), runs, memoryLimit);
  return diffRecords({ files, whole, memoryLimit, overflow: join(dir, `diff-${process.pid}.tmp`) });
}

/** Of each run the sources of which it has every record, as the history noted at its end. */
async function wholeSources(
  path: string,
  runs: Shift<string>,
  memoryLimit: string,
): Promise<Shift<ReadonlySet<string>>> {
  if (!(await isThere(path))) return { before: new Set(), after: new Set() };
  const history = await whenFree(path, waitMs, () => openDuckDatabase({ path, memoryLimit, readOnly: true }));
  try {
    const of = async (run: string): Promise<ReadonlySet<string>> => {
      const rows = await history.query(`SELECT source FROM main.sources WHERE whole AND run_id = ${quoteText(run)}`);
      return new Set(rows.map(([source]) => String(source)));
    };
    return { before: await of(runs.before), after: await of(runs.after) };
  } finally {
    await history.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
