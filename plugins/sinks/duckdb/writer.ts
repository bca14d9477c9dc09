import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { makeFolder, sinkError, type SinkContext, type SinkPosition, type SinkWriter } from '../../../core/plugin.ts';
import { columnsOf } from '../tables/columns.ts';
import { fitTable, quoteTable } from '../tables/fit-table.ts';
import { createPending } from '../tables/pending.ts';
import { openRunLog } from '../tables/run-log.ts';
import { type DuckDatabase, openDuckDatabase } from './connection.ts';
import { dialect, schema } from './dialect.ts';
import { identifyFile } from './file-identity.ts';
import { claimSpool, loadLeftovers } from './leftovers.ts';
import { createLoader } from './loader.ts';
import { fullBytesFor } from './memory-limit.ts';
import { duckPosition } from './position.ts';
import { openSpool } from './spool.ts';
import { removeSpool, spoolFile } from './spool-files.ts';
import { createTakeIn } from './take-in.ts';
import { goOn, loadsNeeded } from './take-up.ts';
import { whenFree } from './when-free.ts';

export interface DuckWriterOptions {
  /** Absolute. */
  readonly path: string;
  readonly table: string;
  readonly memoryLimit: string;
  /** Whether the table has a key on the id. One that only this run writes needs none, which saves the memory of it. Default true. */
  readonly keyed?: boolean;
  /** Bytes from which on lines are loaded. Default: what the spool takes for full. */
  readonly loadBytes?: number;
  /** Called when all records are in the table, before the file is closed. Default: nothing. */
  readonly finish?: (database: DuckDatabase, commits: number) => Promise<void>;
}

/**
 * Opens the table of a run, made or made to fit. A commit puts lines into a file beside the database, the spool. Each time
 * that one is full, and at the end, DuckDB reads it: large loads take a fraction of the time that each commit would.
 */
export async function openDuckWriter(
  context: SinkContext,
  { path, table, memoryLimit, keyed = true, loadBytes, finish }: DuckWriterOptions,
  committed: SinkPosition | undefined,
): Promise<SinkWriter> {
  const { runId, logger } = context;
  const columns = columnsOf(context.model, dialect.names);
  const name = { schema, table };
  const owner = { database: path, runId, sink: context.name };
  await makeFolder(dirname(path));
  // One thread: two leave row groups half filled, which are written again by the checkpoint, and the run has use for the other.
  const database = await whenFree(path, 0, () => openDuckDatabase({ path, memoryLimit, threads: 1 }));
  const release = claimSpool(owner);
  try {
    const position = duckPosition.optional().parse(committed);
    const wanted = await loadsNeeded(owner, position);
    const log = await database.transaction(async () => {
      await fitTable(database, { name, columns, dialect, keyed });
      return openRunLog(database, {
        context,
        ...name,
        wanted,
        orElse: ', or a file of the spool beside it was removed',
      });
    });
    await loadLeftovers(database, path, logger);
    const [someRow] = await database.query(`SELECT 1 FROM ${quoteTable(name)} LIMIT 1`);
    const assertSameFile = await identifyFile(path);
    const pending = createPending({ database: dialect.name, nul: true, logger });
    const takeIn = createTakeIn(database, { name, columns, keyed, log });
    let closing = false;
    const loader = createLoader(async (load) => {
      await assertSameFile();
      // The run is over: nobody else has work for the second core. Set here, between two statements.
      if (closing) await database.query(`SET threads = ${Math.min(2, availableParallelism())}`);
      await takeIn(spoolFile(owner, load));
      await rm(spoolFile(owner, load), { force: true });
    });
    const { from, waiting } = await goOn(owner, position, log.commits);
    const head = { table, columns };
    const spool = await openSpool({
      owner,
      head,
      position: from,
      fullBytes: loadBytes ?? fullBytesFor(memoryLimit, someRow !== undefined),
      full: (load) => loader.add(load),
    });
    for (const load of waiting) loader.add(load);

    return {
      async write(batch) {
        pending.add(batch);
      },
      async commit() {
        loader.assertWell();
        if (pending.batches.length === 0) return spool.position;
        await assertSameFile();
        await spool.append(pending.batches);
        pending.clear();
        return spool.position;
      },
      async close(report) {
        closing = true;
        await spool.finish();
        await loader.settled();
        await log.end(database, report);
        await finish?.(database, log.commits);
        pending.tellReplaced();
        await database.close();
        release();
      },
      async abort() {
        // What was under way may be a load.
        const stopped = loader.stop();
        await database.close();
        await stopped;
        await spool.close();
        if (!context.resumable) await removeSpool(owner);
        release();
      },
    };
  } catch (error) {
    await database.close();
    release();
    throw sinkError(error, `opening the table "${table}" in ${path}`);
  }
}
