import { html } from 'hono/html';
import type { PriceTrends, RunRecord } from '../../../core/index.ts';
import { formatCount } from '../../render/text.ts';
import { labelOf, nameOf } from '../label.ts';
import { type Column, type Markup, note, type Place, section, table } from '../markup.ts';
import { formatChange, formatMoney, formatPercent, goneNote, productName, trendSentence } from '../money.ts';
import { priceLines } from './price-lines.ts';

/** How prices differ from those of earlier runs; left out where no history of them is kept. */
export function priceTrends(
  { price_trends: trends }: RunRecord['report']['metrics'],
  place: Place,
): Markup | undefined {
  if (trends === undefined) return undefined;
  const gone = goneNote(trends);
  return section(
    'Price trends',
    html`<p>${trendSentence(trends)}</p>`,
    gone === undefined ? undefined : note(gone),
    changes(trends, place),
    priceLines('sources', trends.by_source, place),
    priceLines('categories', trends.by_category, place),
    products('New products', trends.products.new, trends.new_products),
    products('Products that are gone', trends.products.gone, trends.gone_products),
    note(
      'Prices, changes and medians are exact, of the products that have a price; means and percents are rounded. A line has a point for each of the last runs, at most 30, in which its group had a price; times are in UTC.',
    ),
  );
}

const figure = (title: string): Column => [title, 'figure'];

/** The largest changes in percent: rises above falls, as bars and with their exact prices. */
function changes({ risers, fallers }: PriceTrends, place: Place): Markup | undefined {
  const all = [...risers, ...fallers];
  if (all.length === 0) return undefined;
  const drawn = all.filter(({ percent }) => percent !== null);
  const valuesOf = (part: PriceTrends['risers']): (number | null)[] =>
    drawn.map((change) => (part.includes(change) ? change.percent : null));
  const series = [
    { label: 'risen', tone: 'orange', values: valuesOf(risers) },
    { label: 'fallen', tone: 'green', values: valuesOf(fallers) },
  ] as const;
  const labels = drawn.map((change) => labelOf(productName(change)));
  return html`<h3>Largest changes since last seen</h3>
    ${
      drawn.length === 0
        ? ''
        : place(
            { kind: 'bars', lying: true, labels, series, unit: 'percent' },
            'Largest changes of prices, in percent',
            drawn.length + 2,
          )
    }
    ${table(
      'Largest rises and falls, in percent of the price before',
      [
        ['product'],
        ['source'],
        ['category'],
        figure('before'),
        figure('now'),
        figure('change'),
        figure('%'),
        ['last seen in run'],
      ],
      all.map((change) => [
        productName(change),
        change.source,
        nameOf(change.category ?? ''),
        formatMoney(change.before, change.currency),
        formatMoney(change.after, change.currency),
        formatChange(change),
        formatPercent(change.percent),
        change.last_seen_run_id,
      ]),
    )}`;
}

function products(title: string, count: number, listed: PriceTrends['new_products']): Markup | undefined {
  if (listed.length === 0) return undefined;
  const which = count > listed.length ? `the first ${listed.length} of ${formatCount(count)}, by id` : 'all';
  return html`<h3>${title}</h3>
    ${table(
      `${title}: ${which}`,
      [['product'], ['source'], ['category'], figure('price'), ['id']],
      listed.map((product) => [
        productName(product),
        product.source,
        nameOf(product.category ?? ''),
        formatMoney(product.price, product.currency),
        nameOf(product.id),
      ]),
    )}`;
}
