import { html } from 'hono/html';
import type { PriceTrends } from '../../../core/index.ts';
import { formatCount } from '../../render/text.ts';
import type { LinesChart, Tone } from '../charts.ts';
import { labelOf, nameOf } from '../label.ts';
import { folded, type Markup, note, type Place, table } from '../markup.ts';
import { formatMoney } from '../money.ts';

type Series = PriceTrends['by_source'][number];
type Point = Series['points'][number];

/** More lines can't be told apart. */
const tones: readonly Tone[] = ['blue', 'orange', 'green', 'purple', 'red', 'grey'];

/**
 * How the median prices of groups went over the runs, each in percent of its first one: prices lie orders of magnitude
 * apart and have several currencies, so that on one axis of money hardly any would be seen to move.
 */
export function priceLines(what: 'sources' | 'categories', all: readonly Series[], place: Place): Markup | undefined {
  const moving = all.filter(({ points: [first, second] }) => second !== undefined && (first?.median.number ?? 0) > 0);
  if (moving.length === 0) return undefined;
  const series = moving.slice(0, tones.length);
  const omitted = moving.length - series.length;
  const runs = runsOf(series);
  const told = series.map(({ points }) => new Map(points.map((point) => [point.run_id, point])));
  const caption = `Median prices of ${what} over runs`;
  const chart: LinesChart = {
    kind: 'lines',
    unit: 'percent of the first',
    labels: timesOf(runs),
    lines: series.map(({ name, currency, points: [first] }, index) => ({
      label: labelOf(groupOf(name, currency, series)),
      tone: tones[index] ?? 'grey',
      points: runs.map(({ run_id }) => {
        const point = told[index]?.get(run_id);
        if (point === undefined || first === undefined) return null;
        const value = (point.median.number / first.median.number) * 100;
        return { value, text: `${formatMoney(point.median, currency)}, ${value.toFixed(1)} % of the first` };
      }),
    })),
  };
  const rows = series.flatMap(({ name, currency, points }) =>
    points.map(({ run_id, started_at, count, median, mean }) => [
      groupOf(name, currency, series),
      timeOf(started_at),
      formatCount(count),
      formatMoney(median, currency),
      formatMoney(mean, currency),
      run_id,
    ]),
  );
  return html`<h3>${caption}</h3>
    ${place(chart, `${caption}, each in percent of its first`)}
    ${omitted > 0 ? note(`Other ${what}, smaller ones that are not drawn: ${formatCount(omitted)}.`) : ''}
    ${folded(
      `${caption}, as a table`,
      table(
        caption,
        [['group'], ['run began'], ['products', 'figure'], ['median', 'figure'], ['mean', 'figure'], ['run']],
        rows,
      ),
    )}`;
}

/** All runs in which one of the groups had a price, the oldest first. */
function runsOf(series: readonly Series[]): readonly Pick<Point, 'run_id' | 'started_at'>[] {
  const runs = new Map(series.flatMap(({ points }) => points.map((point) => [point.run_id, point] as const)));
  return [...runs.values()].toSorted((a, b) =>
    a.started_at < b.started_at ? -1 : a.started_at > b.started_at ? 1 : 0,
  );
}

/** The name of a group, with its currency where there are groups of several. */
function groupOf(name: string, currency: string | null, series: readonly Series[]): string {
  const several = series.some((other) => other.currency !== currency);
  return nameOf(several && currency !== null ? `${nameOf(name)} (${currency})` : name);
}

/** When each run began, with seconds where a minute would not tell two of them apart. */
function timesOf(runs: readonly Pick<Point, 'started_at'>[]): readonly string[] {
  const minutes = runs.map(({ started_at }) => timeOf(started_at).slice(0, -3));
  return new Set(minutes).size === minutes.length ? minutes : runs.map(({ started_at }) => timeOf(started_at));
}

/** `2026-01-02 03:04:05`, in UTC as everything that a run keeps. */
function timeOf(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
