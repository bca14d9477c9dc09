import type { LinesChart } from '../charts.ts';
import type { LineConfig } from './globals.ts';
import { optionsOf, tones } from './theme.ts';

/** Told apart by more than their colours. */
const marks = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'cross'] as const;

export function lines({ labels, unit, lines: drawn }: LinesChart, print: boolean): LineConfig {
  return {
    type: 'line',
    data: {
      labels: [...labels],
      datasets: drawn.map(({ label, tone, points }, index) => ({
        label,
        data: points.map((point) => point?.value ?? null),
        borderColor: tones[tone],
        backgroundColor: tones[tone],
        pointStyle: marks[index % marks.length] ?? 'circle',
        pointRadius: 4,
        // A run that has not seen the group is no end of its line.
        spanGaps: true,
      })),
    },
    options: optionsOf(
      {
        interaction: { mode: 'index', axis: 'x', intersect: false },
        scales: { x: { title: { display: true, text: 'run' } }, y: { title: { display: true, text: unit } } },
        plugins: {
          legend: { labels: { usePointStyle: true } },
          tooltip: {
            usePointStyle: true,
            callbacks: {
              label: ({ dataIndex, datasetIndex, dataset }) =>
                `${dataset.label ?? ''}: ${drawn[datasetIndex]?.points[dataIndex]?.text ?? ''}`,
            },
          },
        },
      },
      print,
    ),
  };
}
