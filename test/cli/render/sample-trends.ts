import type { PricePoint, PriceSeries, PriceTrends } from '../../../core/contracts/price-trends.ts';

const amount = (number: number) => ({ text: number.toFixed(2), number });
const runs = Array.from({ length: 5 }, (_, index) => ({
  run_id: `20260101T00000000${index}-aaaaaa`,
  started_at: `2026-01-0${index + 1}T06:00:00.000Z`,
}));

function series(name: string, currency: string | null, prices: readonly number[]): PriceSeries {
  const points = prices.map((price, index): PricePoint => {
    const run = runs[runs.length - prices.length + index] ?? { run_id: '', started_at: '' };
    return { ...run, count: 40, median: amount(price), mean: amount(price + 1.5) };
  });
  return { name, currency, points };
}

function change(number: number, title: string | null, before: number, after: number) {
  const difference = Math.round((after - before) * 100) / 100;
  const percent = before === 0 ? null : Math.round((difference / before) * 10_000) / 100;
  return {
    id: `dummyjson:${number}`,
    source: 'dummyjson',
    title,
    category: 'laptops',
    currency: 'EUR',
    before: amount(before),
    after: amount(after),
    change: amount(difference),
    percent,
    last_seen_run_id: '20260101T000000003-aaaaaa',
  };
}

/** Trends over five runs, with a title, a category and a currency of somebody who means ill. */
export function sampleTrends(evil = ''): PriceTrends {
  const seen = { source: 'dummyjson', category: `toys${evil}`, currency: 'EUR' };
  return {
    runs: 5,
    compared_run_id: '20260101T000000003-aaaaaa',
    products: { compared: 180, risen: 2, fallen: 2, unchanged: 176, new: 12, gone: 1 },
    risers: [change(1, `Laptop${evil}`, 0.1, 0.3), change(2, 'Mouse', 19.99, 24.49)],
    fallers: [change(3, 'Keyboard', 89, 62.3), change(4, null, 50, 45)],
    new_products: [
      { ...seen, id: 'dummyjson:9', title: `Robot${evil}`, price: amount(9.5) },
      { ...seen, id: 'dummyjson:91', title: 'Ball', price: null },
    ],
    gone_products: [{ ...seen, id: 'dummyjson:7', title: null, price: amount(5) }],
    gone_unknown: [`escuelajs${evil}`],
    by_source: [series('dummyjson', 'EUR', [80, 82, 81.5, 90, 91]), series('escuelajs', null, [30, 31])],
    by_category: [
      series(`toys${evil}`, 'EUR', [8, 8.5, 9, 8.75, 9.25]),
      series('laptops', 'EUR', [900, 950, 945, 990]),
      series('', 'EUR', [40, 41, 39, 38, 37]),
      ...['a', 'b', 'c', 'd'].map((name, index) => series(name, 'EUR', [15 + index, 16, 17 + index, 12, 14 + index])),
      series('once', 'EUR', [3]),
    ],
  };
}
