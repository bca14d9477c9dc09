/**
 * Peak memory of a run against its size: `npm run bench:memory`. Fails if a million records through the json-file sink
 * take 250 MB or more, or over 30 MB more than a hundred thousand do, the duplicate filter's 16 bytes a record aside.
 */
import { runPipeline } from './run-pipeline.mjs';

const sinks = [{ use: 'json-file', path: 'out.json' }];
const megabyte = 1024 * 1024;
const peaks = new Map();

for (const records of [100_000, 1_000_000]) {
  const { code, seconds, peakMb, summary } = await runPipeline({ records, sinks });
  if (code !== 0 || summary.total_products !== records) throw new Error(`exit ${code}: ${JSON.stringify(summary)}`);
  peaks.set(records, peakMb);
  const rate = Math.round(records / seconds);
  console.log(`${records} records: ${seconds.toFixed(1)} s, ${rate} records/s, peak ${peakMb.toFixed(0)} MB`);
}

const [small, large] = [peaks.get(100_000), peaks.get(1_000_000)];
const filter = (900_000 * 16) / megabyte;
const growth = large - small - filter;
console.log(`growth: ${growth.toFixed(0)} MB beside ${filter.toFixed(0)} MB of duplicate filter`);
if (large >= 250 || growth > 30) {
  console.error('memory is not flat: the goal is under 250 MB, and at most 30 MB of growth');
  process.exitCode = 1;
}
