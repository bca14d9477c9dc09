import { z } from 'zod';

const units: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4 };

/** With less, a million records could not be loaded: found by trial. */
const least = '256MB';

/** The option of a sink that bounds what DuckDB takes of the memory. */
export const memoryLimit = z
  .string()
  .regex(/^\d+(\.\d+)?\s*[KMGT]i?B$/i, {
    error: 'a number with KB, MB, GB or TB, such as "512MB"',
    abort: true,
  })
  .refine((amount) => bytesOf(amount) >= bytesOf(least), `"${least}" or more: DuckDB can't load a run with less`)
  .default('512MB')
  .describe('memory that DuckDB may take');

/** Half of an amount of memory, in the same unit: `512MB` → `256MB`. */
export function halfOf(amount: string): string {
  return amount.replace(/^[\d.]+/, (number) => String(Number(number) / 2));
}

/**
 * Bytes of lines that are loaded at once: a quarter of the memory, or a sixth where the table has rows that may be replaced, and
 * at most 128 MiB. Such rows are there four times while they are: in the join, twice as changes, and as lines that are read.
 */
export function fullBytesFor(amount: string, replacing: boolean): number {
  return Math.min(bytesOf(amount) / (replacing ? 6 : 4), 128 * 1024 * 1024);
}

/** As DuckDB reads it: `MB` in thousands, `MiB` in 1024s. */
function bytesOf(amount: string): number {
  const [, number = '', unit = '', binary] = /^([\d.]+)\s*([KMGT])(i?)B$/i.exec(amount) ?? [];
  return Number(number) * (binary === '' ? 1000 : 1024) ** (units[unit.toUpperCase()] ?? 0);
}

/** What DuckDB says when its memory does not suffice, without settings that can't be changed here; else undefined. */
export function shortOfMemory(error: unknown): string | undefined {
  return error instanceof Error ? /^Out of Memory Error: [^\n]*/.exec(error.message)?.[0] : undefined;
}
