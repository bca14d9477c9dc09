import { atStart, type DuckPosition } from './position.ts';
import { removeSpool, spooledLoads, type SpoolOwner } from './spool-files.ts';

/** Loads that the database must have for nothing before the position to be missing: all that are not in the spool. */
export async function loadsNeeded(owner: SpoolOwner, position: DuckPosition = atStart): Promise<number> {
  const spooled = await spooledLoads(owner);
  let needed = position.commits + (position.spool === null ? 0 : 1);
  while (needed > 0 && spooled.has(needed)) needed -= 1;
  return needed;
}

/** Where a run goes on, and which files are to be loaded before the one that it goes on in. */
export interface GoingOn {
  readonly from: DuckPosition;
  readonly waiting: readonly number[];
}

/**
 * Finds out what of a run's spool counts, by its position and the loads in the database, and removes the rest. Files up to
 * the position are kept as long as they are not loaded. A load takes a file as a whole: where that of the position is in the table,
 * so is perhaps more, which is written again, by id.
 */
export async function goOn(owner: SpoolOwner, position: DuckPosition | undefined, loaded: number): Promise<GoingOn> {
  if (position === undefined || loaded > position.commits) {
    await removeSpool(owner);
    return { from: { commits: loaded, spool: null }, waiting: [] };
  }
  const { commits, spool } = position;
  const last = spool === null ? commits : commits + 1;
  await removeSpool(owner, (load) => load <= loaded || load > last);
  return { from: position, waiting: Array.from({ length: commits - loaded }, (_, index) => loaded + index + 1) };
}
