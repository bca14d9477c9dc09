import { rm } from 'node:fs/promises';
import { type RunFile, type RunFilePaths, runFilePaths } from '../files/run-file.ts';
import { removeSpool } from '../duckdb/spool-files.ts';

/** Where the records of a run are at each stage. */
export interface ParquetPaths extends RunFilePaths {
  /** The DuckDB file in which they gather until the run has ended. */
  readonly store: string;
}

/** The paths of a run's file, whose folder must be there. Throws `sink_failed` for a run id that could lead out of it. */
export async function parquetPaths(file: RunFile): Promise<ParquetPaths> {
  const paths = await runFilePaths(file);
  return { ...paths, store: paths.temporary.replace(/\.tmp$/, '.duckdb') };
}

/** Removes what is not for readers. The target stays. */
export async function removeHidden({ store, temporary }: ParquetPaths, runId: string, sink: string): Promise<void> {
  for (const path of [`${store}.wal`, store, temporary]) await rm(path, { force: true });
  // Where DuckDB puts what its memory has no room for.
  await rm(`${store}.tmp`, { recursive: true, force: true });
  await removeSpool({ database: store, runId, sink });
}
