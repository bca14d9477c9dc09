/** Case 10: what a page costs in coordinator, workers and Redis, where a run is spread over processes. */
import { interleave } from '../measure/interleave.mjs';
import { medianOf } from '../measure/statistics.mjs';
import { hasRedis, startRedis } from '../scale/redis-server.mjs';
import { spreadRun } from '../scale/spread-run.mjs';
import { atLeast, atMost } from '../suite/goal.mjs';
import { notRun, row } from '../suite/row.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';
import { unlimited } from '../suite/unlimited.mjs';
import { perPage } from '../upstream/pages.mjs';
import { startUpstream } from '../upstream/start.mjs';

export const title =
  'Several machines: processor time of a page on the bullmq engine, limits off, 3 sources, lines of JSON';

const sources = 3;

/** Where workers wait rather than work, so that two cores are enough for two of them: how long, and pages in hand of each. */
const waiting = { latencyMs: 50, inHand: 8 };

async function once(workers, pages, { latencyMs, inHand } = {}) {
  const records = (pages / sources) * perPage;
  const upstream = await startUpstream({ records, latencyMs });
  try {
    return await inTemporaryFolder(async (folder) => {
      const redis = await startRedis(folder);
      try {
        const config = {
          engine: { use: 'bullmq', redis: redis.url },
          sources: Array.from({ length: sources }, (_, index) => ({
            use: 'dummyjson',
            name: `shop-${index}`,
            baseUrl: `${upstream.url}/${index}`,
            rateLimit: unlimited,
          })),
          sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
          // Processes are what it is spread over.
          workers: { threads: 0 },
        };
        return await spreadRun({ folder, config, workers, inHand, redis, records: records * sources });
      } finally {
        await redis.stop();
      }
    });
  } finally {
    upstream.stop();
  }
}

export async function run({ rounds, quick, log }) {
  const pages = quick ? 300 : 3_000;
  if (!hasRedis()) return { unit: 'ms a page', rows: [notRun('bullmq', 'redis-server is not installed')], goals: [] };
  const sizes = [1, 2].map((workers) => ({ workers }));
  const measured = await interleave(sizes, rounds, async ({ workers }) => {
    const one = await once(workers, pages);
    log(
      `${workers} workers: ${one.seconds.toFixed(1)} s, coordinator ${one.coordinatorMs} ms, Redis ${one.redisMs.toFixed(0)} ms`,
    );
    return one;
  });
  const slow = await interleave(sizes, rounds, ({ workers }) => once(workers, pages / 5, waiting));
  const rows = sizes.flatMap((size) => {
    const runs = measured.get(size);
    const each = (field) => runs.map((one) => one[field] / pages);
    const figure = (field) => medianOf(each(field));
    const of = size.workers === 1 ? '1 worker' : `${size.workers} workers`;
    const perSecond = pages / medianOf(runs.map(({ seconds }) => seconds));
    return [
      row(`${of}: workers`, each('workerMs'), {
        note: `${Math.round(perSecond)} pages a second, all on the same cores`,
      }),
      row(`${of}: coordinator`, each('coordinatorMs'), {
        note: `besides ${medianOf(runs.map(({ startMs }) => startMs)).toFixed(0)} ms to start, once a run`,
      }),
      row(`${of}: Redis`, each('redisMs'), {
        note:
          `a page: ${figure('scripts').toFixed(1)} scripts of ${figure('commands').toFixed(0)} commands, ` +
          `${(figure('bytesIn') / 1024).toFixed(1)} KB in, ${(figure('bytesOut') / 1024).toFixed(1)} KB out, ` +
          `${figure('memory').toFixed(0)} bytes of memory at the peak`,
      }),
    ];
  });
  const perSecond = sizes.map((size) => slow.get(size).map(({ seconds }) => pages / 5 / seconds));
  const [workers, coordinator, redis] = rows.slice(3).map(({ median }) => median);
  const all = workers + coordinator + redis;
  return {
    unit: 'ms a page',
    rows,
    goals: [
      atMost('share of the coordinator in the processor time of a page, %', 10, (coordinator / all) * 100),
      atMost('share of Redis in the processor time of a page, %', 10, (redis / all) * 100),
      atLeast(
        `pages a second of 2 workers ÷ 1, where each has ${waiting.inHand} pages in hand and an answer takes ${waiting.latencyMs} ms`,
        1.7,
        medianOf(perSecond[1]) / medianOf(perSecond[0]),
      ),
    ],
  };
}
