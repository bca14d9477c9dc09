import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  makeFolder,
  sinkError,
  type SinkContext,
  type SinkPosition,
  type SinkWriter,
  SluiceError,
} from '../../../core/plugin.ts';
import { openDuckDatabase } from '../duckdb/connection.ts';
import { openDuckWriter } from '../duckdb/writer.ts';
import { lookAtTarget } from '../files/target.ts';
import { exportTable, publish, table } from './export.ts';
import { parquetPaths, removeHidden } from './paths.ts';
import { takeUpPublished } from './take-up.ts';

export interface ParquetWriterOptions {
  /** Absolute. */
  readonly path: string;
  readonly memoryLimit: string;
}

/** Targets being written in this process: of two sinks on one path the last would win without a word. */
const claimed = new Set<string>();

/**
 * Opens the store of a run, a hidden DuckDB file beside the target. Parquet can't be appended to: the file is written whole
 * at the end, and renamed into its place.
 */
export async function openParquetWriter(
  context: SinkContext,
  { path, memoryLimit }: ParquetWriterOptions,
  position: SinkPosition | undefined,
): Promise<SinkWriter> {
  const { runId, name, resumable } = context;
  if (claimed.has(path)) throw new SluiceError('sink_failed', `another sink of this process is writing ${path}`);
  claimed.add(path);
  try {
    await makeFolder(dirname(path));
    await lookAtTarget(path);
    const paths = await parquetPaths({ path, runId });
    const there = await stat(paths.store).catch(() => undefined);
    if (position === undefined) await removeHidden(paths, runId, name);
    else if (there === undefined) {
      const database = await openDuckDatabase({ path: paths.store, memoryLimit });
      try {
        await takeUpPublished(database, context, paths.target);
      } catch (error) {
        await database.close();
        await removeHidden(paths, runId, name);
        throw error;
      }
      await database.close();
    }
    const store = await openDuckWriter(
      context,
      {
        path: paths.store,
        table,
        memoryLimit,
        keyed: false,
        finish: (database, commits) => exportTable(database, paths, runId, commits),
      },
      position,
    );
    return {
      write: (batch) => store.write(batch),
      commit: () => store.commit(),
      async close(report) {
        await store.close(report);
        await publish(paths);
        // Behind the rename: until then, the store is all there is.
        await removeHidden(paths, runId, name);
        claimed.delete(path);
      },
      async abort() {
        claimed.delete(path);
        await store.abort();
        if (!resumable) await removeHidden(paths, runId, name);
      },
    };
  } catch (error) {
    claimed.delete(path);
    throw sinkError(error, `opening ${path}`);
  }
}
