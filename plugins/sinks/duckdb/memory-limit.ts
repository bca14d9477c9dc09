import { z } from 'zod';

/** The option of a sink that bounds what DuckDB takes of the memory. */
export const memoryLimit = z
  .string()
  .regex(/^\d+(\.\d+)?\s*[KMGT]i?B$/i, 'a number with KB, MB, GB or TB, such as "512MB"')
  .default('512MB')
  .describe('memory that DuckDB may take');

/** Half of an amount of memory, in the same unit: `512MB` → `256MB`. */
export function halfOf(amount: string): string {
  return amount.replace(/^[\d.]+/, (number) => String(Number(number) / 2));
}
