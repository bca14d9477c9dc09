/** Case 5: whether memory stays flat, however many records a run has. */
import { join } from 'node:path';
import { atMost } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';
import { runPipeline } from '../suite/run-pipeline.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';
import { unlimited } from '../suite/unlimited.mjs';
import { startUpstream } from '../upstream/start.mjs';

export const title = 'Peak memory of a run by its size';

/** Bytes that the filter of duplicates may take of a record: its growth is declared. */
const filterBytes = 16;

const megabyte = 1024 * 1024;
const sinks = {
  'json-file': { use: 'json-file', path: 'out.json' },
  ndjson: { use: 'ndjson', path: 'out.ndjson' },
  'ndjson, compressed': { use: 'ndjson', path: 'out.ndjson', compress: 'gzip' },
  csv: { use: 'csv', path: 'out.csv' },
  'a slow sink': { use: join(import.meta.dirname, '../memory/slow-sink.mjs') },
};

async function peakOf(sink, records) {
  const upstream = await startUpstream({ records });
  const source = { use: 'dummyjson', baseUrl: upstream.url, rateLimit: unlimited, maxPages: 10_000_000 };
  try {
    return await inTemporaryFolder((folder) => runPipeline(folder, { sources: [source], sinks: [sink] }, records));
  } finally {
    upstream.stop();
  }
}

export async function run({ quick, log }) {
  const sizes = quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000, 5_000_000];
  const rows = [];
  const goals = [];
  for (const [name, sink] of Object.entries(sinks)) {
    const peaks = new Map();
    for (const records of sizes) {
      const { seconds, peakMb } = await peakOf(sink, records);
      peaks.set(records, peakMb);
      const size = records.toLocaleString('en-US');
      log(`${name}, ${size} records: ${peakMb.toFixed(0)} MB, ${Math.round(records / seconds)} records/s`);
      rows.push(row(`${name}, ${size} records`, [peakMb], { note: `${Math.round(records / seconds)} records/s` }));
    }
    const [least, most] = [100_000, 5_000_000];
    const filterMb = ((most - least) * filterBytes) / megabyte;
    const growth = peaks.has(most) ? peaks.get(most) - peaks.get(least) - filterMb : undefined;
    goals.push(atMost(`${name}: growth from 100 k to 5 M records beside the duplicate filter, MB`, 40, growth));
  }
  return { unit: 'MB', rows, goals };
}
