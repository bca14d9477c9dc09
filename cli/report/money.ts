import type { PriceTrends } from '../../core/index.ts';
import { nameOf } from './label.ts';
import { formatCount } from '../render/text.ts';

type Change = PriceTrends['risers'][number];
type Amount = Change['before'];

/** `19.90 EUR`, every digit of it; a dash for none. */
export function formatMoney(amount: Amount | null, currency: string | null): string {
  if (amount === null) return '–';
  return currency === null ? amount.text : `${amount.text} ${nameOf(currency)}`;
}

/** The same with its sign, for a difference. */
export function formatChange({ change, currency }: Pick<Change, 'change' | 'currency'>): string {
  return `${change.number > 0 ? '+' : ''}${formatMoney(change, currency)}`;
}

/** `+12.5 %`; a dash where the price was 0 before. */
export function formatPercent(percent: number | null): string {
  if (percent === null) return '–';
  return `${percent > 0 ? '+' : ''}${percent.toLocaleString('en-US')} %`;
}

/** A product by its title, or by its id where it has none. */
export function productName({ title, id }: Pick<Change, 'title' | 'id'>): string {
  return nameOf(title ?? id);
}

/** How prices moved, in one sentence. */
export function trendSentence({ compared_run_id: against, products }: PriceTrends): string {
  if (against === null) return 'This is the first run that the history holds: the next one is compared with it.';
  const { compared, risen, fallen, unchanged, new: added, gone } = products;
  const counts = { risen, fallen, unchanged };
  const told = Object.entries(counts).map(([what, count]) => `${formatCount(count)} ${what}`);
  return `Of ${formatCount(compared)} products with a price now and before, ${told.join(', ')}; ${formatCount(added)} new, ${formatCount(gone)} gone.`;
}

/** Sources for which the number of gone products does not stand, in one sentence; undefined for none, and in a first run. */
export function goneNote(
  { compared_run_id: against, gone_unknown: unknown }: PriceTrends,
  show: (source: string) => string = nameOf,
): string | undefined {
  if (against === null || unknown.length === 0) return undefined;
  return `What is gone can't be said of sources that no earlier run, or not this one, has every product of (a page failed, or an item was rejected): ${unknown.map((source) => show(source)).join(', ')}.`;
}
