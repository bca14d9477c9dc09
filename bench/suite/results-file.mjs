import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';

const file = join(import.meta.dirname, '../results.json');

/** What is kept of earlier runs: `{ machine, cases }`. */
function readResults() {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { machine: undefined, cases: {} };
}

/** Puts measured cases beside those of earlier runs; those of another machine can't be compared, and go. */
export function keepResults(machine, measured) {
  const earlier = readResults();
  const kept = isDeepStrictEqual(earlier.machine, machine) ? earlier.cases : {};
  writeFileSync(file, `${JSON.stringify({ machine, cases: { ...kept, ...measured } }, undefined, 2)}\n`);
}
