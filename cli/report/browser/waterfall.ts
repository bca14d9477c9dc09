import type { Plugin } from 'chart.js';
import type { WaterfallChart } from '../charts.ts';
import type { BarConfig, Brush } from './globals.ts';
import { optionsOf, tones } from './theme.ts';

const outcomes = [
  ['answered', 'answered', 'blue'],
  ['retry', 'answered when tried again', 'green'],
  ['failed', 'failed', 'red'],
] as const;

export function waterfall({ total, requests, bands }: WaterfallChart, print: boolean): BarConfig {
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
