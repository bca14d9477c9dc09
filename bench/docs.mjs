/**
 * Writes the kept figures into docs/performance.md: `npm run bench:docs`. With `--check` it only says, by exit code 1,
 * that they are not those of bench/results.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFigures } from './suite/document.mjs';
import { readResults } from './suite/results-file.mjs';

const file = join(import.meta.dirname, '../docs/performance.md');
const document = readFileSync(file, 'utf8');
const renewed = withFigures(document, readResults());
if (!process.argv.includes('--check')) writeFileSync(file, renewed);
else if (renewed !== document) {
  console.error('docs/performance.md does not show bench/results.json: run `npm run bench:docs`');
  process.exitCode = 1;
}
