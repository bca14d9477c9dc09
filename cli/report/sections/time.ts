import { html } from 'hono/html';
import type { RunRecord } from '../../../core/index.ts';
import { timeUseNames } from '../../render/report-time.ts';
import { formatMs } from '../../render/text.ts';
import type { Tone } from '../charts.ts';
import { folded, type Markup, type Place, section, table } from '../markup.ts';

type Monitoring = RunRecord['report']['monitoring'];
type TimeUse = keyof typeof timeUseNames;

/** One each: side by side, two of a colour are one bar. */
const tones: Record<TimeUse, Tone> = {
  rate_limit: 'orange',
  pause: 'red',
  upstream: 'blue',
  concurrency: 'purple',
  backoff: 'pink',
  breaker: 'brown',
  workers: 'green',
  sinks: 'teal',
  memory: 'olive',
  other: 'grey',
};
/** The slowest are what a run waits for. */
const mostSources = 20;

/** What the wall time of each source was spent on, the slowest first. */
export function timeSpent({ sources }: Monitoring, place: Place): Markup | undefined {
  const slowest = Object.entries(sources)
    .filter(([, { time }]) => time.total_ms > 0)
    .toSorted(([, a], [, b]) => b.time.total_ms - a.time.total_ms)
    .slice(0, mostSources);
  if (slowest.length === 0) return undefined;
  const uses = (Object.keys(timeUseNames) as TimeUse[]).filter((use) =>
    slowest.some(([, { time }]) => time.spent_ms[use] > 0),
  );
  const labels = slowest.map(([name]) => name);
  const series = uses.map((use) => ({
    label: timeUseNames[use],
    tone: tones[use],
    values: slowest.map(([, { time }]) => time.spent_ms[use] / 1000),
  }));
  const advice = slowest.flatMap(([name, { advice: text }]) =>
    text === null ? [] : [html`<li>${name}: ${text}</li>`],
  );
  return section(
    'Where the time went',
    place(
      { kind: 'bars', lying: true, labels, series, unit: 'seconds' },
      'Time of each source by what it was spent on',
      slowest.length + 2,
    ),
    advice.length === 0
      ? undefined
      : html`<ul>
          ${advice}
        </ul>`,
    folded(
      'Time as a table',
      table(
        'Time of each source by what it was spent on',
        [['source'], ['time', 'figure'], ...uses.map((use) => [timeUseNames[use], 'figure'] as const)],
        slowest.map(([name, { time }]) => [
          name,
          formatMs(time.total_ms),
          ...uses.map((use) => formatMs(time.spent_ms[use])),
        ]),
      ),
    ),
  );
}
