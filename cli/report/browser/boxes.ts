import type { ChartData } from 'chart.js';
import type { BoxesChart } from '../charts.ts';
import type { BarConfig, BarValues } from './globals.ts';
import { nameTicks, optionsOf, priceAxis, textColour, tones } from './theme.ts';

/** Box plots, lying, one a line: bars on top of each other, the first in front. */
export function boxes({ labels, boxes: drawn }: BoxesChart, print: boolean): BarConfig {
  const bar = { grouped: false, borderWidth: 0, minBarLength: 2 };
  const data: ChartData<'bar', BarValues> = {
    labels: [...labels],
    datasets: [
      {
        ...bar,
        label: 'median',
        data: drawn.map(({ median }) => [median, median]),
        backgroundColor: textColour(print),
        minBarLength: 3,
        maxBarThickness: 14,
      },
      {
        ...bar,
        label: 'the middle half of the prices',
        data: drawn.map(({ p25, p75 }) => [p25, p75]),
        backgroundColor: tones.purple,
        maxBarThickness: 14,
      },
      {
        ...bar,
        label: 'least to greatest',
        data: drawn.map(({ min, max }) => [min, max]),
        backgroundColor: tones.grey,
        maxBarThickness: 3,
      },
    ],
  };
  const label = ({ dataIndex, datasetIndex }: { dataIndex: number; datasetIndex: number }): string => {
    const box = drawn[dataIndex];
    if (box === undefined) return '';
    const told = [
      `median ${box.median}`,
      `quartiles ${box.p25} and ${box.p75}`,
      `least ${box.min}, greatest ${box.max}`,
    ];
    return told[datasetIndex] ?? '';
  };
  return {
    type: 'bar',
    data,
    options: optionsOf(
      {
        indexAxis: 'y',
        interaction: { mode: 'index', axis: 'y', intersect: false },
        scales: { x: priceAxis(drawn.flatMap(({ min, max }) => [min, max])), y: { ticks: nameTicks } },
        plugins: { tooltip: { callbacks: { label } } },
      },
      print,
    ),
  };
}
