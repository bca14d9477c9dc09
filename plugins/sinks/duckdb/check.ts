import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkFolder, sinkError, type SinkContext } from '../../../core/plugin.ts';
import { columnsOf } from '../tables/columns.ts';
import { planFit } from '../tables/fit-table.ts';
import { openDuckDatabase } from './connection.ts';
import { dialect, schema } from './dialect.ts';
import { isUnfinished } from './unfinished-file.ts';
import { whenFree } from './when-free.ts';
import type { DuckWriterOptions } from './writer.ts';

/** Finds out whether the table could be opened for a run, and leaves everything as it was. Throws `sink_failed`. */
export async function checkDuckTable(context: SinkContext, options: DuckWriterOptions): Promise<void> {
  const { path, table, memoryLimit } = options;
  const columns = columnsOf(context.model, dialect.names);
  try {
    await checkFolder(dirname(path));
    const there = await stat(path).catch(() => undefined);
    const isNew = there === undefined || (await isUnfinished(path));
    const settings = isNew ? { path: ':memory:', memoryLimit } : { path, memoryLimit, readOnly: true };
    const database = await whenFree(path, 0, () => openDuckDatabase(settings));
    try {
      await planFit(database, { name: { schema, table }, columns, dialect });
    } finally {
      await database.close();
    }
  } catch (error) {
    throw sinkError(error, `checking the table "${table}" in ${path}`);
  }
}
