/**
 * Draws the charts of the page. It runs in a browser, as a script within the page: it imports nothing but types, and the
 * chart library is there before it.
 */
import type { Chart as Drawn, ChartConfiguration, ChartData, Plugin } from 'chart.js';
import type { BarsChart, Chart as Wanted, RangesChart, WaterfallChart } from '../charts.ts';

/** The little of a browser that is used here. */
declare const document: {
  getElementById(id: string): (Canvas & { readonly textContent: string }) | null;
  readonly body: object;
};
declare const window: { addEventListener(type: string, listener: () => void): void };
declare function getComputedStyle(element: object): { getPropertyValue(name: string): string };
declare function matchMedia(query: string): {
  readonly matches: boolean;
  addEventListener(type: 'change', listener: () => void): void;
};
declare const Chart: new (canvas: Canvas, config: ChartConfiguration<'bar', Values>) => Drawn;
interface Brush {
  globalAlpha: number;
  fillStyle: string;
  save(): void;
  restore(): void;
  fillRect(left: number, top: number, width: number, height: number): void;
}
interface Canvas {
  readonly tagName: string;
}

type Values = (number | [number, number] | null)[];
type Config = ChartConfiguration<'bar', Values>;
type Options = NonNullable<Config['options']>;

/** At least 3:1 against the light and the dark background alike. */
const tones = {
  blue: '#3b82d6',
  green: '#2a9459',
  orange: '#d9730d',
  red: '#e0484d',
  purple: '#8b6cd8',
  grey: '#7d8590',
} as const;

const reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;

/** What all charts have in common. Text and grid take the colours of the page, which change with its scheme. */
function optionsOf(change: Options, print: boolean): Options {
  const colour = (name: string): string => getComputedStyle(document.body).getPropertyValue(name).trim();
  const text = print ? '#1f2328' : colour('--text');
  const grid = print ? '#d1d9e0' : colour('--line');
  const axis = { ticks: { color: text }, grid: { color: grid }, title: { color: text } };
  const scales = Object.fromEntries(
    ['x', 'y'].map((name) => {
      const own = change.scales?.[name] ?? {};
      const merged = { ...axis, ...own, ticks: { ...axis.ticks, ...own.ticks } };
      return [name, 'title' in own ? { ...merged, title: { ...axis.title, ...own.title } } : merged];
    }),
  );
  const { legend, ...plugins } = change.plugins ?? {};
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: reduced || print ? false : { duration: 200 },
    ...change,
    scales,
    plugins: { ...plugins, legend: { labels: { color: text }, ...legend } },
  };
}

function bars({ lying, labels, series, unit }: BarsChart, print: boolean): Config {
  const stacked = series.length > 1;
  const counted = { stacked, beginAtZero: true, title: { display: true, text: unit } };
  const named = { stacked, ticks: { autoSkip: !lying } };
  return {
    type: 'bar',
    data: {
      labels: [...labels],
      datasets: series.map(({ label, tone, values }) => ({ label, data: [...values], backgroundColor: tones[tone] })),
    },
    options: optionsOf(
      {
        indexAxis: lying ? 'y' : 'x',
        interaction: { mode: 'index', axis: lying ? 'y' : 'x', intersect: false },
        scales: lying ? { x: counted, y: named } : { x: named, y: counted },
        plugins: { legend: { display: stacked } },
      },
      print,
    ),
  };
}

function ranges({ labels, ranges: values }: RangesChart, print: boolean): Config {
  // Prices lie orders of magnitude apart; what is not above zero has no place on such an axis.
  const logarithmic = values.every(({ min }) => min > 0);
  const bar = { grouped: false, borderWidth: 0 };
  const data: ChartData<'bar', Values> = {
    labels: [...labels],
    datasets: [
      {
        ...bar,
        label: 'median to 95th percentile',
        data: values.map(({ median, p95 }) => [median, p95]),
        backgroundColor: tones.purple,
        maxBarThickness: 12,
        minBarLength: 2,
      },
      {
        ...bar,
        label: 'least to greatest',
        data: values.map(({ min, max }) => [min, max]),
        backgroundColor: tones.grey,
        maxBarThickness: 3,
        minBarLength: 2,
      },
    ],
  };
  const label = ({ dataIndex, datasetIndex }: { dataIndex: number; datasetIndex: number }): string => {
    const { min, median, p95, max } = values[dataIndex] ?? { min: 0, median: 0, p95: 0, max: 0 };
    return datasetIndex === 0 ? `median ${median}, 95th percentile ${p95}` : `least ${min}, greatest ${max}`;
  };
  return {
    type: 'bar',
    data,
    options: optionsOf(
      {
        indexAxis: 'y',
        interaction: { mode: 'index', axis: 'y', intersect: false },
        scales: {
          x: {
            type: logarithmic ? 'logarithmic' : 'linear',
            ticks: {
              maxRotation: 0,
              autoSkipPadding: 12,
              callback: (value) => Number(value).toLocaleString('en-US'),
            },
            title: { display: true, text: 'price' },
          },
          y: { ticks: { autoSkip: false } },
        },
        plugins: { tooltip: { callbacks: { label } } },
      },
      print,
    ),
  };
}

const outcomes = [
  ['answered', 'answered', 'blue'],
  ['retry', 'answered when tried again', 'green'],
  ['failed', 'failed', 'red'],
] as const;

function waterfall({ total, requests, bands }: WaterfallChart, print: boolean): Config {
  const bar = { grouped: false, barPercentage: 0.85, categoryPercentage: 1, minBarLength: 2 };
  const seconds = (ms: number): number => ms / 1000;
  return {
    type: 'bar',
    data: {
      labels: requests.map(({ label }) => label),
      datasets: [
        {
          ...bar,
          label: 'waits for the rate limit',
          data: requests.map(({ start, wait }) =>
            wait > 0 ? [seconds(Math.max(0, start - wait)), seconds(start)] : null,
          ),
          backgroundColor: tones.grey,
          minBarLength: 0,
        },
        ...outcomes.map(([outcome, label, tone]) => ({
          ...bar,
          label,
          data: requests.map(({ start, duration, outcome: own }): [number, number] | null =>
            own === outcome ? [seconds(start), seconds(start + duration)] : null,
          ),
          backgroundColor: tones[tone],
        })),
      ],
    },
    options: optionsOf(
      {
        indexAxis: 'y',
        interaction: { mode: 'index', axis: 'y', intersect: false },
        scales: {
          x: { min: 0, max: seconds(total), title: { display: true, text: 'seconds since the start' } },
          y: { ticks: { display: false }, grid: { display: false } },
        },
        plugins: {
          tooltip: {
            filter: ({ raw }) => raw !== null,
            callbacks: {
              label: ({ dataIndex, datasetIndex, dataset }) => {
                const { wait = 0, duration = 0 } = requests[dataIndex] ?? {};
                return `${dataset.label ?? ''}: ${datasetIndex === 0 ? wait : duration} ms`;
              },
            },
          },
        },
      },
      print,
    ),
    plugins: [behind(bands)],
  };
}

/** Shades the times in which all of the source was held back. */
function behind(bands: WaterfallChart['bands']): Plugin<'bar'> {
  return {
    id: 'bands',
    beforeDatasetsDraw(chart) {
      const { chartArea, scales } = chart;
      const brush = (chart as unknown as { readonly ctx: Brush }).ctx;
      const x = scales['x'];
      if (x === undefined) return;
      brush.save();
      brush.globalAlpha = 0.25;
      for (const { from, to, tone } of bands) {
        const left = x.getPixelForValue(from / 1000);
        brush.fillStyle = tones[tone];
        const width = Math.max(2, x.getPixelForValue(to / 1000) - left);
        brush.fillRect(left, chartArea.top, width, chartArea.bottom - chartArea.top);
      }
      brush.restore();
    },
  };
}

function configOf(wanted: Wanted, print: boolean): Config {
  switch (wanted.kind) {
    case 'bars':
      return bars(wanted, print);
    case 'ranges':
      return ranges(wanted, print);
    case 'waterfall':
      return waterfall(wanted, print);
  }
}

const wanted = JSON.parse(document.getElementById('charts')?.textContent ?? '[]') as readonly Wanted[];
let drawn: Drawn[] = [];

function drawAll(print: boolean): void {
  for (const chart of drawn) chart.destroy();
  drawn = wanted.flatMap((chart, index) => {
    const canvas = document.getElementById(`chart-${index}`);
    return canvas === null ? [] : [new Chart(canvas, configOf(chart, print))];
  });
}

drawAll(false);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawAll(false));
// Paper is white, whatever the screen is.
window.addEventListener('beforeprint', () => drawAll(true));
window.addEventListener('afterprint', () => drawAll(false));
