/** Case 4: how much longer a run takes than the declared limit makes it take. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { summarize } from '../measure/statistics.mjs';
import { aheadSource, lookahead as pagesAhead } from '../rate-limited/ahead-source.mjs';
import { lastSend } from '../rate-limited/schedule.mjs';
import { loadBuilt } from '../suite/dist.mjs';
import { atMost } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';
import { perPage } from '../upstream/pages.mjs';
import { startUpstream } from '../upstream/start.mjs';

export const title = 'Rate-limited: time of a run over the least that the declared limit allows';

const latencies = [0, 50, 300];

/** Seconds of one run, in this process: most of it is waiting, so several go on at once. */
async function once({ pages, perSecond, url, lookahead }) {
  const { createPipeline } = await loadBuilt('core/index.js');
  return inTemporaryFolder(async (folder) => {
    const pipeline = await createPipeline({
      sources: [
        {
          use: lookahead > 0 ? aheadSource : 'dummyjson',
          baseUrl: url,
          rateLimit: { requests: perSecond, perMs: 1000 },
        },
      ],
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

/** Milliseconds between two beginnings: a run is busy for a few of them as it begins, and then waits. */
const apart = 100;

/** All runs of one number of pages and one limit. The slow ones all go on at once, the fast ones a round at a time. */
async function measure(combinations, rounds) {
  const round = (number = 0) =>
    Promise.all(
      combinations.map(async (combination, index) => {
        await setTimeout((number * combinations.length + index) * apart);
        return once(combination);
      }),
    );
  if (combinations[0].perSecond === 5) return Promise.all(Array.from({ length: rounds }, (_, number) => round(number)));
  const taken = [];
  for (let index = 0; index < rounds; index += 1) taken.push(await round());
  return taken;
}

export async function run({ rounds, quick, log }) {
  const rows = [];
  const overLimit = [];
  const overLimitAhead = [];
  const overSchedule = [];
  // The first run loads the modules.
  const warmUp = await startUpstream({ records: perPage });
  for (const lookahead of [0, pagesAhead]) await once({ pages: 1, perSecond: 50, url: warmUp.url, lookahead });
  warmUp.stop();
  for (const perSecond of [5, 50]) {
    for (const pages of quick ? [10] : [10, 100, 500]) {
      const upstreams = await Promise.all(
        latencies.map((latencyMs) => startUpstream({ records: pages * perPage, latencyMs })),
      );
      // Asked for ahead only where there are few pages: with more of them, the first answer is soon made up for.
      const lookaheads = pages === 10 ? [0, pagesAhead] : [0];
      const combinations = latencies.flatMap((latencyMs, index) =>
        lookaheads.map((lookahead) => ({
          pages,
          perSecond,
          latency: latencyMs / 1000,
          url: upstreams[index].url,
          lookahead,
        })),
      );
      const taken = await measure(combinations, rounds);
      for (const { stop } of upstreams) stop();
      combinations.forEach((combination, index) => {
        const { latency, lookahead } = combination;
        const seconds = taken.map((round) => round[index]);
        const { median } = summarize(seconds);
        const least = lastSend(combination);
        const over = lookahead > 0 ? overLimitAhead : overLimit;
        over.push((median - latency) / ((pages - 1) / perSecond));
        // Where the limit does not make anything wait there is nothing to compare with.
        if (pages > perSecond) overSchedule.push((median - latency) / least);
        const name = `${pages} pages, ${perSecond}/s, ${latency * 1000} ms${lookahead > 0 ? `, lookahead ${lookahead}` : ''}`;
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
      atMost('the same with lookahead', 1.04, Math.max(...overLimitAhead)),
      atMost('worst (time − latency) ÷ least time of any schedule', 1.04, Math.max(...overSchedule)),
    ],
  };
}
