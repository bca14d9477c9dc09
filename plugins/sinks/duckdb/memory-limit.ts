import { z } from 'zod';

/** The option of a sink that bounds what DuckDB takes of the memory. */
export const memoryLimit = z
  .string()
  .regex(/^\d+(\.\d+)?\s*[KMGT]i?B$/i, 'a number with KB, MB, GB or TB, such as "512MB"')
  .default('512MB')
  .describe('memory that DuckDB may take');
