/** Case 7: what one more source costs. */
import { interleave } from '../measure/interleave.mjs';
import { medianOf } from '../measure/statistics.mjs';
import { atMost } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';
import { runPipeline } from '../suite/run-pipeline.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';
import { unlimited } from '../suite/unlimited.mjs';
import { perPage } from '../upstream/pages.mjs';
import { startUpstream } from '../upstream/start.mjs';

export const title = 'Growth: time of a run for each of its sources, of 100 pages each';

async function once({ sources: count }, pages) {
  const records = pages * perPage;
  const upstream = await startUpstream({ records });
  const sources = Array.from({ length: count }, (_, index) => ({
    use: 'dummyjson',
    name: `shop-${index}`,
    baseUrl: `${upstream.url}/${index}`,
    rateLimit: unlimited,
  }));
  const config = { sources, sinks: [{ use: 'ndjson', path: 'out.ndjson' }] };
  try {
    return await inTemporaryFolder((folder) => runPipeline(folder, config, records * count));
  } finally {
    upstream.stop();
  }
}

export async function run({ rounds, quick, log }) {
  const pages = quick ? 10 : 100;
  // The largest runs take a while, and hold many measurements in one.
  const sizes = [1, 3, 10, 100, 1_000].map((sources) => ({ sources, rounds: sources < 1_000 ? rounds : 2 }));
  const measured = await interleave(sizes, rounds, async (size) => {
    const { peakMb, summary } = await once(size, pages);
    const perSource = (summary.processing_time_seconds * 1000) / size.sources;
    log(`${size.sources} sources: ${perSource.toFixed(1)} ms each, peak ${peakMb.toFixed(0)} MB`);
    return { perSource, peakMb };
  });
  const rows = sizes.map((size) => {
    const runs = measured.get(size);
    return row(
      size.sources === 1 ? '1 source' : `${size.sources.toLocaleString('en-US')} sources`,
      runs.map(({ perSource }) => perSource),
      { peakMb: medianOf(runs.map(({ peakMb }) => peakMb)) },
    );
  });
  const [, , ten, , thousand] = rows;
  return {
    unit: 'ms a source',
    rows,
    goals: [
      atMost('time of a source among 1,000 ÷ among 10', 1.2, thousand.median / ten.median),
      atMost('memory of one more source, KB', 200, ((thousand.peakMb - ten.peakMb) * 1024) / 990),
    ],
  };
}
