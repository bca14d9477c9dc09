import type { BarsChart } from '../charts.ts';
import type { BarConfig } from './globals.ts';
import { nameTicks, optionsOf, tones } from './theme.ts';

export function bars({ lying, labels, series, unit }: BarsChart, print: boolean): BarConfig {
  const stacked = series.length > 1;
  const counted = { stacked, beginAtZero: true, title: { display: true, text: unit } };
  const named = { stacked, ...(lying && { ticks: nameTicks }) };
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
        // Of groups that are in one series alone, the others say nothing.
        plugins: { legend: { display: stacked }, tooltip: { filter: ({ raw }) => raw !== null } },
      },
      print,
    ),
  };
}
