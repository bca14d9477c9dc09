/** Case 1: from an upstream to an NDJSON file, rate limits off, 16 connections. */
import { createContestants } from '../end-to-end/contestants.mjs';
import { runContestant } from '../end-to-end/run-contestant.mjs';
import { interleave } from '../measure/interleave.mjs';
import { medianOf } from '../measure/statistics.mjs';
import { atLeast, atMost } from '../suite/goal.mjs';
import { notRun, row } from '../suite/row.mjs';

export const title = 'End to end: pages of 20 records to an NDJSON file, from the start of the process to its exit';

/** How much longer the long runs are: what it takes to start and to compile is a small part of them. */
const longer = 10;

function longRun({ key, name, ...contestant }) {
  return {
    ...contestant,
    key: `${key}, long`,
    name: `${name}, a long run`,
    note: `${longer} times the pages`,
    times: longer,
    rounds: 3,
  };
}

export async function run({ rounds, quick, log }) {
  const pages = quick ? 400 : 8_000;
  const contestants = createContestants();
  const long = ['sluice', 'bare-loop'].map((key) => longRun(contestants.find((contestant) => contestant.key === key)));
  contestants.push(...long);
  const here = contestants.filter((contestant) => contestant.notRun === undefined);
  const measured = await interleave(here, rounds, async (contestant) => {
    const figures = await runContestant(contestant, pages * (contestant.times ?? 1));
    log(`${contestant.name}: ${Math.round(figures.rate)} records/s, peak ${Math.round(figures.peakMb)} MB`);
    return figures;
  });
  const rows = new Map(
    contestants.map((contestant) => {
      const { key, name, note } = contestant;
      const runs = measured.get(contestant);
      if (runs === undefined) return [key, notRun(name, contestant.notRun)];
      const peakMb = medianOf(runs.map((figures) => figures.peakMb));
      return [
        key,
        row(
          name,
          runs.map(({ rate }) => rate),
          { peakMb, note },
        ),
      ];
    }),
  );
  const { median: rate, peakMb } = rows.get('sluice');
  const ratio = (key) => rate / rows.get(key).median;
  return {
    unit: 'records/s',
    rows: [...rows.values()],
    goals: [
      atLeast('sluice ÷ bare loop', 1, ratio('bare-loop')),
      atLeast('sluice ÷ bare loop, long runs', 1, rows.get('sluice, long').median / rows.get('bare-loop, long').median),
      atLeast('sluice ÷ got, p-queue, p-retry', 3, ratio('got-queue')),
      atLeast('sluice ÷ crawlee', 12, ratio('crawlee')),
      atLeast('sluice ÷ dlt', 5, ratio('dlt')),
      atLeast('sluice ÷ benthos', 1, ratio('benthos')),
      atLeast('sluice ÷ singer-sdk tap, target-jsonl', 5, ratio('singer')),
      atMost('peak memory over that of the bare loop, MB', 100, peakMb - rows.get('bare-loop').peakMb),
      atMost('peak memory ÷ that of crawlee', 1, peakMb / rows.get('crawlee').peakMb),
    ],
  };
}
