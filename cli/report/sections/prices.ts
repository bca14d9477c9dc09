import { html } from 'hono/html';
import type { RunRecord } from '../../../core/index.ts';
import { formatCount, formatNumber } from '../../render/text.ts';
import { labelOf, nameOf } from '../label.ts';
import { folded, type Markup, note, type Place, section, table } from '../markup.ts';

type Metrics = RunRecord['report']['metrics'];
type Price = Metrics['overall']['price'];

/** More are not read but scrolled through; the document of the run holds them all. Further histograms are folded away. */
const most = { categories: 30, boxes: 30, histograms: 6 } as const;

/** How many records each category has, over all sources; and the names that the mapping of the config lacks. */
export function categories({ metrics, monitoring }: RunRecord['report'], place: Place): Markup | undefined {
  const all = Object.entries(metrics.category_distribution).toSorted(([, a], [, b]) => b - a);
  if (all.length === 0) return undefined;
  const shown = all.slice(0, most.categories);
  const labels = shown.map(([name]) => labelOf(name));
  const values = shown.map(([, count]) => count);
  const series = [{ label: 'records', tone: 'blue', values }] as const;
  return section(
    'Categories',
    place({ kind: 'bars', lying: true, labels, series, unit: 'records' }, 'Records of each category', shown.length),
    leftOut(all.length - shown.length, 'categories'),
    folded(
      'Categories as a table',
      table(
        'Records of each category',
        [['category'], ['records', 'figure']],
        shown.map(([name, count]) => [nameOf(name), formatCount(count)]),
      ),
    ),
    unmapped(monitoring.categories),
  );
}

function unmapped(told: RunRecord['report']['monitoring']['categories']): Markup | undefined {
  if (told === undefined) return undefined;
  const names = Object.entries(told.unmapped);
  if (names.length === 0) return note('The mapping of the config has all names that came.');
  return table(
    'Outside of the mapping of the config',
    [['name as it came'], ['records', 'figure']],
    names.map(([name, count]) => [nameOf(name), formatCount(count)]),
  );
}

/** How prices are spread within each category of each source, the largest ones first. */
export function prices(metrics: Metrics, place: Place): Markup | undefined {
  const groups = pricedGroups(metrics);
  if (groups.length === 0) return undefined;
  const shown = groups.slice(0, most.boxes);
  const boxes = shown.map(({ price: { min, p25, median, p75, max } }) => ({
    min: min ?? 0,
    p25: p25 ?? 0,
    median: median ?? 0,
    p75: p75 ?? 0,
    max: max ?? 0,
  }));
  const labels = shown.map(({ name }) => labelOf(name));
  return section(
    'Prices',
    place({ kind: 'boxes', labels, boxes }, 'Box plots of prices by source and category', shown.length + 3),
    note(
      'A box runs from the first quartile to the third, the middle half of the prices, with the median across it; the thin line runs from the least price to the greatest. These two, count and mean are exact; quartiles, median and 95th percentile are within 1 % of a price at that rank.',
    ),
    leftOut(groups.length - shown.length, 'groups'),
    folded(
      'Prices as a table',
      table(
        'Prices by source and category',
        [
          ['group'],
          ...['count', 'min', 'p25', 'median', 'p75', 'p95', 'max', 'mean', 'σ'].map(
            (title) => [title, 'figure'] as const,
          ),
        ],
        shown.map(({ name, price }) => [
          name,
          formatCount(price.count),
          ...[price.min, price.p25, price.median, price.p75, price.p95, price.max, price.mean, price.stddev].map(
            formatNumber,
          ),
        ]),
      ),
    ),
    html`<h3>Histograms</h3>
      ${note('Counts are exact. The buckets lie on a 1-2-5 scale and are of unequal width; empty ones are not shown.')}`,
    histograms(shown.slice(0, most.histograms), place),
    shown.length > most.histograms
      ? folded(
          `Histograms of ${shown.length - most.histograms} smaller groups`,
          histograms(shown.slice(most.histograms), place),
        )
      : undefined,
  );
}

function histograms(groups: readonly Group[], place: Place): Markup {
  return html`<div class="grid">
    ${groups.map(({ name, price: { histogram } }) => {
      const labels = histogram.map(({ from, to }) => `${formatNumber(from)} – ${formatNumber(to)}`);
      const values = histogram.map(({ count }) => count);
      const series = [{ label: 'records', tone: 'purple', values }] as const;
      return html`<div>
        ${place({ kind: 'bars', lying: false, labels, series, unit: 'records' }, `Prices: ${name}`)}
        ${folded(
          'As a table',
          table(
            `Prices: ${name}`,
            [
              ['from', 'figure'],
              ['below', 'figure'],
              ['records', 'figure'],
            ],
            histogram.map(({ from, to, count }) => [formatNumber(from), formatNumber(to), formatCount(count)]),
          ),
        )}
      </div>`;
    })}
  </div>`;
}

interface Group {
  readonly name: string;
  readonly price: Price;
}

function pricedGroups({ by_source: bySource }: Metrics): Group[] {
  const groups = Object.entries(bySource).flatMap(([source, { price, categories: own }]) => {
    const named = Object.entries(own).map(([name, group]) => ({
      name: `${source}: ${nameOf(name)}`,
      price: group.price,
    }));
    return named.length > 0 ? named : [{ name: source, price }];
  });
  return groups.filter(({ price }) => price.count > 0).toSorted((a, b) => b.price.count - a.price.count);
}

function leftOut(count: number, what: string): Markup | undefined {
  return count > 0 ? note(`${formatCount(count)} smaller ${what} are not shown.`) : undefined;
}
