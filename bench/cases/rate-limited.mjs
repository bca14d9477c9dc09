/** Case 4: how much longer a run takes than the declared limit makes it take. */
import { join } from 'node:path';
import { summarize } from '../measure/statistics.mjs';
import { lastSend } from '../rate-limited/schedule.mjs';
import { loadBuilt } from '../suite/dist.mjs';
import { atMost } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';
import { perPage } from '../upstream/pages.mjs';
import { startUpstream } from '../upstream/start.mjs';

export const title = 'Rate-limited: time of a run over the least that the declared limit allows';

const latencies = [0, 50, 300];

/** Seconds of one run, in this process: most of it is waiting, so runs that do not crowd each other go on at once. */
async function once({ pages, perSecond, url }) {
  const { createPipeline } = await loadBuilt('core/index.js');
  return inTemporaryFolder(async (folder) => {
    const pipeline = await createPipeline({
      sources: [{ use: 'dummyjson', baseUrl: url, rateLimit: { requests: perSecond, perMs: 1000 } }],
      sinks: [{ use: 'ndjson', path: join(folder, 'out.ndjson') }],
      workers: { threads: 0 },
    });
    const started = performance.now();
    const { report } = await pipeline.run();
    const seconds = (performance.now() - started) / 1000;
    if (report.summary.total_products !== pages * perPage) throw new Error('records are missing');
    return seconds;
  });
}

/** All runs of one number of pages and one limit. The slow ones all go on at once, the fast ones a round at a time. */
async function measure(combinations, rounds) {
  const round = () => Promise.all(combinations.map(once));
  if (combinations[0].perSecond === 5) return Promise.all(Array.from({ length: rounds }, round));
  const taken = [];
  for (let index = 0; index < rounds; index += 1) taken.push(await round());
  return taken;
}

export async function run({ rounds, quick, log }) {
  const rows = [];
  const overLimit = [];
  const overSchedule = [];
  // The first run loads the modules.
  const warmUp = await startUpstream({ records: perPage });
  await once({ pages: 1, perSecond: 50, url: warmUp.url });
  warmUp.stop();
  for (const perSecond of [5, 50]) {
    for (const pages of quick ? [10] : [10, 100, 500]) {
      const upstreams = await Promise.all(
        latencies.map((latencyMs) => startUpstream({ records: pages * perPage, latencyMs })),
      );
      const combinations = latencies.map((latencyMs, index) => ({
        pages,
        perSecond,
        latency: latencyMs / 1000,
        url: upstreams[index].url,
      }));
      const taken = await measure(combinations, rounds);
      for (const { stop } of upstreams) stop();
      combinations.forEach((combination, index) => {
        const { latency } = combination;
        const seconds = taken.map((round) => round[index]);
        const { median } = summarize(seconds);
        const least = lastSend(combination);
        overLimit.push((median - latency) / ((pages - 1) / perSecond));
        // Where the limit does not make anything wait there is nothing to compare with.
        if (pages > perSecond) overSchedule.push((median - latency) / least);
        const name = `${pages} pages, ${perSecond}/s, ${latency * 1000} ms`;
        log(`${name}: ${median.toFixed(3)} s, at least ${(least + latency).toFixed(3)} s`);
        rows.push(row(name, seconds, { note: `at least ${(least + latency).toFixed(2)} s` }));
      });
    }
  }
  return {
    unit: 's',
    rows,
    goals: [
      atMost('worst (time − latency) ÷ ((pages − 1) ÷ rate)', 1.04, Math.max(...overLimit)),
      atMost('worst (time − latency) ÷ least time of any schedule', 1.04, Math.max(...overSchedule)),
    ],
  };
}
