/** Case 1: from an upstream to an NDJSON file, rate limits off, 16 connections. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contestants } from '../end-to-end/contestants.mjs';
import { countLines } from '../end-to-end/count-lines.mjs';
import { interleave } from '../measure/interleave.mjs';
import { measureProcess } from '../measure/process.mjs';
import { medianOf } from '../measure/statistics.mjs';
import { atLeast, atMost } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';
import { perPage } from '../upstream/pages.mjs';
import { startUpstream } from '../upstream/start.mjs';

/** One run of one contestant against an upstream of its own, in a folder of its own. */
async function once({ name, command, args, share = 1 }, allPages, log) {
  const pages = Math.round(allPages * share);
  const records = pages * perPage;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const output = join(folder, 'out.ndjson');
  const upstream = await startUpstream({ records });
  try {
    const all = args({ url: upstream.url, pages, output, folder });
    const { seconds, peakMb } = await measureProcess(command, all, { cwd: folder });
    const lines = await countLines(output);
    if (lines !== records) throw new Error(`${name}: ${lines} lines of ${records}`);
    const rate = records / seconds;
    log(`${name}: ${Math.round(rate)} records/s, peak ${Math.round(peakMb)} MB`);
    return { rate, peakMb };
  } finally {
    upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const title = 'End to end: pages of 20 records to an NDJSON file, from the start of the process to its exit';

export async function run({ rounds, quick, log }) {
  const pages = quick ? 400 : 8_000;
  const measured = await interleave(contestants, rounds, (contestant) => once(contestant, pages, log));
  const rows = contestants.map((contestant) => {
    const runs = measured.get(contestant);
    const share = contestant.share === undefined ? '' : `; ${Math.round(pages * contestant.share)} pages`;
    return row(
      contestant.name,
      runs.map(({ rate }) => rate),
      { peakMb: medianOf(runs.map(({ peakMb }) => peakMb)), note: `${contestant.note}${share}` },
    );
  });
  const of = (key) => rows[contestants.findIndex((contestant) => contestant.key === key)];
  const ratio = (key) => of('sluice').median / of(key).median;
  return {
    unit: 'records/s',
    rows,
    goals: [
      atLeast('sluice ÷ bare loop', 1, ratio('bare-loop')),
      atLeast('sluice ÷ got, p-queue, p-retry', 3, ratio('got-queue')),
      atLeast('sluice ÷ crawlee', 12, ratio('crawlee')),
      atMost('peak memory over that of the bare loop, MB', 100, of('sluice').peakMb - of('bare-loop').peakMb),
      atMost('peak memory ÷ that of crawlee', 1, of('sluice').peakMb / of('crawlee').peakMb),
    ],
  };
}
