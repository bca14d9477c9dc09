import { stat } from 'node:fs/promises';
import { type QueryAnswer, type QueryRequest, sinkError, SluiceError } from '../../../core/plugin.ts';
import { closeDuck, openDuck, type OpenedDuck } from '../duckdb/connection.ts';
import { isUnfinished } from '../duckdb/unfinished-file.ts';
import { whenFree } from '../duckdb/when-free.ts';
import { quoteName, quoteText } from '../tables/quote.ts';
import { answerTo } from './answer.ts';
import { changesView } from './changes.ts';
import { exactPrice, type FieldNames, plainPrice } from './fields.ts';
import { recordsTable } from './this-run.ts';

/** Where what is asked about is kept. */
export interface HistoryFiles extends FieldNames {
  readonly history: string;
  readonly recordsOf: (runId: string) => string;
  readonly memoryLimit: string;
}

/** How long a question waits for the end of a run that is adding itself to the history, in milliseconds. */
const waitMs = 5_000;

/**
 * Answers a question about the history, about changes of prices, and about the records of one run as the view `records`. Nothing can be written
 * and no other file be read: the database itself sees to that. Throws `history_missing`, `run_not_found`, and
 * `query_failed` with what is wrong, and where.
 */
export async function queryHistory(
  { sql, runId, model }: Omit<QueryRequest, 'baseDir'>,
  { history, recordsOf, memoryLimit, ...names }: HistoryFiles,
): Promise<QueryAnswer> {
  if (!(await isThere(history))) {
    throw new SluiceError('history_missing', `there is no history at ${history} yet: a run makes it when it has ended`);
  }
  const settings = { path: history, memoryLimit, readOnly: true };
  const opened = await whenFree(history, waitMs, () => openDuck(settings)).catch((error: unknown) => {
    throw sinkError(error, `opening ${history}`).with({ code: 'query_failed' });
  });
  try {
    const run = await findRun(opened, runId);
    const records = run === undefined ? undefined : recordsOf(run);
    const kept = records !== undefined && (await isThere(records));
    if (runId !== undefined && !kept) {
      const text = `the records of the run ${runId} are not kept any more: the history has its prices, and "keepRuns" says how many runs are kept whole`;
      throw new SluiceError('run_not_found', text);
    }
    await opened.connection.run(changesView);
    if (kept) await showRecords(opened, records, plainPrice(model, names));
    // In this order: what is attached stays, nothing more can be opened, and nobody can change that.
    await opened.connection.run(
      `SET TimeZone = 'UTC'; SET enable_external_access = false; SET lock_configuration = true`,
    );
    return await answerTo(opened, sql);
  } catch (error) {
    closeDuck(opened);
    throw error;
  }
}

/** The run that was asked for, else the last one; undefined where the history is empty. */
async function findRun({ connection }: OpenedDuck, runId: string | undefined): Promise<string | undefined> {
  const which = runId === undefined ? '' : ` WHERE run_id = ${quoteText(runId)}`;
  const [[run] = []] = (await connection.runAndReadAll(`SELECT max(run_id) FROM runs${which}`)).getRows();
  if (typeof run === 'string') return run;
  if (runId === undefined) return undefined;
  const text = `the history has no run ${JSON.stringify(runId)}: pipeline query "SELECT run_id FROM runs" lists them; one that has not ended is not in it`;
  throw new SluiceError('run_not_found', text);
}

async function showRecords({ connection }: OpenedDuck, path: string, price: string | undefined): Promise<void> {
  await connection.run(`ATTACH ${quoteText(path)} AS run (READ_ONLY)`);
  // As decimals, so that sums of them are exact.
  const exact =
    price === undefined
      ? ''
      : ` REPLACE (${exactPrice(`CAST(${quoteName(price)} AS TEXT)`, quoteName(price))} AS ${quoteName(price)})`;
  await connection.run(`CREATE TEMP VIEW records AS SELECT *${exact} FROM run.main.${recordsTable}`);
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined && !(await isUnfinished(path));
}
