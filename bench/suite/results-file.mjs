import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';

const file = join(import.meta.dirname, '../results.json');

/** What is kept of earlier runs: `{ machine, cases }`. */
export function readResults() {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { machine: undefined, cases: {} };
}

/** Puts measured cases beside those of earlier runs; those of another machine can't be compared, and go. */
export function keepResults(machine, measured) {
  const earlier = readResults();
  const kept = isDeepStrictEqual(earlier.machine, machine) ? earlier.cases : {};
  const results = { machine, cases: { ...kept, ...measured } };
  writeFileSync(file, `${JSON.stringify(results, rounded, 2)}\n`);
}

/** No figure is good for more digits than that. */
function rounded(_, value) {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
