import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isMissing } from '../files/file-error.ts';

/** Whose lines wait, and for which database. */
export interface SpoolOwner {
  /** Absolute path of the database. */
  readonly database: string;
  readonly runId: string;
  readonly sink: string;
}

/** The file that is the `load`th, counted from 1, to be loaded for its owner: beside the database, hidden. */
export function spoolFile({ database, runId, sink }: SpoolOwner, load: number): string {
  return join(dirname(database), `.${basename(database)}.${runId}.${sink}.${load}.spool`);
}

/** All spool files beside a database, whoever's they are. */
export async function spoolFilesBeside(database: string): Promise<readonly string[]> {
  const folder = dirname(database);
  const begin = `.${basename(database)}.`;
  const names = await readdir(folder).catch((error: unknown) => {
    // Where the folder is gone, so is what was in it.
    if (isMissing(error)) return [];
    throw error;
  });
  return names.filter((name) => name.startsWith(begin) && name.endsWith('.spool')).map((name) => join(folder, name));
}

/** The numbers of an owner's files that are there. */
export async function spooledLoads(owner: SpoolOwner): Promise<ReadonlySet<number>> {
  const files = await spoolFilesBeside(owner.database);
  const loads = files.map((path) => ({ path, load: Number(/\.(\d+)\.spool$/.exec(path)?.[1]) }));
  return new Set(loads.filter(({ path, load }) => path === spoolFile(owner, load)).map(({ load }) => load));
}

/** Removes an owner's files, all or those that `which` says; nothing happens where there are none. */
export async function removeSpool(owner: SpoolOwner, which: (load: number) => boolean = () => true): Promise<void> {
  const loads = [...(await spooledLoads(owner))].filter(which);
  await Promise.all(loads.map((load) => rm(spoolFile(owner, load), { force: true })));
}
