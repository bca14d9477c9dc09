/**
 * One contestant, in a process of its own so that its memory can be told: `node contestant.mjs NAME ARGUMENTS
 * FIRST`. Prints the seconds that its work took, without the start of the process.
 */
import { copyRows } from './copy-rows.mjs';
import { readJson } from './duckdb-itself.mjs';
import { writeToSink } from './write-to-sink.mjs';

const contestants = {
  sink: ({ name, options, ...run }) => writeToSink(name, options, run),
  'read-json': ({ database, records }) => readJson(database, records),
  copy: ({ url, rows }) => copyRows(url, rows),
};

const [name, given, first] = process.argv.slice(2);
// Once with no records, elsewhere: loading the libraries is no part of the work.
await contestants[name](JSON.parse(first));
const started = performance.now();
await contestants[name](JSON.parse(given));
console.log((performance.now() - started) / 1000);
