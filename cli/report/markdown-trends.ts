import type { PriceTrends } from '../../core/index.ts';
import { formatCount } from '../render/text.ts';
import { code, table } from './markdown-text.ts';
import { formatChange, formatMoney, formatPercent, goneNote, productName, trendSentence } from './money.ts';

/** Fits a comment: the page has more. */
const most = { changes: 5, names: 5 } as const;

/** How prices differ from those of earlier runs, as blocks of lines; none where no history of them is kept. */
export function trendParts(trends: PriceTrends | undefined): readonly (readonly string[])[] {
  if (trends === undefined) return [];
  const gone = goneNote(trends, code);
  const changes = [...trends.risers.slice(0, most.changes), ...trends.fallers.slice(0, most.changes)];
  return [
    [`Price trends: ${trendSentence(trends)}`],
    table(
      ['product', 'source', 'before', 'now', 'change', '%'],
      changes.map((change) => [
        code(productName(change)),
        code(change.source),
        code(formatMoney(change.before, change.currency)),
        code(formatMoney(change.after, change.currency)),
        code(formatChange(change)),
        formatPercent(change.percent),
      ]),
    ),
    named('New', trends.products.new, trends.new_products),
    named('Gone', trends.products.gone, trends.gone_products),
    gone === undefined ? [] : [gone],
  ];
}

function named(title: string, count: number, products: PriceTrends['new_products']): readonly string[] {
  if (products.length === 0) return [];
  const shown = products.slice(0, most.names);
  const names = shown.map((product) => code(productName(product))).join(', ');
  const more = count > shown.length ? `, … and ${formatCount(count - shown.length)} more` : '';
  return [`${title}: ${names}${more}.`];
}
