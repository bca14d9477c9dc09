import { z } from 'zod';
import { filePosition } from '../files/file-position.ts';

/** How far the file of a spool has got that is being filled. */
const spoolFill = filePosition.extend({
  /** Records in it. */
  rows: z.int().nonnegative(),
});

/** How far a run has got in a DuckDB file. */
export const duckPosition = z.strictObject({
  /** Files of the spool that are full: each comes into the table by a transaction of its own. */
  commits: z.int().nonnegative(),
  /** The file after those; null where it holds nothing yet. */
  spool: spoolFill.nullable(),
});
export type DuckPosition = z.infer<typeof duckPosition>;

/** Where a run stands that has written nothing. */
export const atStart: DuckPosition = { commits: 0, spool: null };
