import { type BarConfig, browser, type LineConfig } from './globals.ts';

export type BarOptions = NonNullable<BarConfig['options']>;
export type LineOptions = NonNullable<LineConfig['options']>;

/** At least 3:1 against the light and the dark background alike. */
export const tones = {
  blue: '#3b82d6',
  green: '#2a9459',
  orange: '#d9730d',
  red: '#e0484d',
  purple: '#8b6cd8',
  grey: '#7d8590',
  teal: '#158f9c',
  pink: '#d6479f',
  brown: '#a8693a',
  olive: '#848a1c',
} as const;

const reduced = browser.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The colour of texts: that of the page, which changes with its scheme, or black on paper. */
export function textColour(print: boolean): string {
  return print ? '#1f2328' : ofPage('--text');
}

/** What all charts have in common. Text and grid take the colours of the page. */
export function optionsOf<Options extends BarOptions | LineOptions>(change: Options, print: boolean): Options {
  const text = textColour(print);
  const grid = print ? '#d1d9e0' : ofPage('--line');
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
    plugins: { ...plugins, legend: { ...legend, labels: { color: text, ...legend?.labels } } },
  };
}

/** The ticks of an axis of names: all of them, each cut where a narrow page has no room for it. */
export const nameTicks = {
  autoSkip: false,
  callback(
    this: { getLabelForValue(value: number): string; readonly chart: { readonly width: number } },
    value: number | string,
  ) {
    const label = this.getLabelForValue(Number(value));
    // A third of the chart, at some 6.5 pixels a letter.
    const most = Math.max(8, Math.floor(this.chart.width / 3 / 6.5));
    return label.length > most ? `${label.slice(0, most - 1)}…` : label;
  },
};

/**
 * An axis for prices: logarithmic where they lie orders of magnitude apart, and nothing is below or at zero, which has no
 * place on such a one.
 */
export function priceAxis(prices: readonly number[]) {
  const least = Math.min(...prices);
  const logarithmic = least > 0 && Math.max(...prices) > 20 * least;
  return {
    ...(logarithmic
      ? { type: 'logarithmic' as const, min: 10 ** Math.floor(Math.log10(least)) }
      : { type: 'linear' as const }),
    ticks: {
      maxRotation: 0,
      autoSkipPadding: 12,
      callback: (value: number | string) => Number(value).toLocaleString('en-US'),
    },
    title: { display: true, text: 'price' },
  };
}

function ofPage(name: string): string {
  return browser.getComputedStyle(browser.document.body).getPropertyValue(name).trim();
}
