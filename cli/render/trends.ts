import { cleanText, type RunReport } from '../../core/index.ts';
import { formatMoney, formatPercent, goneNote, productName, trendSentence } from '../report/money.ts';
import type { Paint } from './paint.ts';
import { type Cell, type Column, renderTable } from './table.ts';
import { wrap } from './text.ts';

/** Changes that are shown of each direction; the document and the page have more. */
const most = 3;

const columns = (width: number): readonly Column[] => [
  { title: 'change', align: 'right', drop: 0 },
  { title: 'before', align: 'right', drop: 2 },
  { title: 'now', align: 'right', drop: 1 },
  { title: 'product', drop: 0, max: Math.max(10, Math.min(40, width - 32)) },
  { title: 'source', drop: 3, max: 20 },
];

/** How prices differ from those of earlier runs, and the largest changes; nothing where no history is kept. */
export function trendLines(
  { metrics: { price_trends: trends } }: RunReport,
  room: { readonly width: number; readonly paint: Paint },
): string[] {
  if (trends === undefined) return [];
  const changes = [...trends.risers.slice(0, most), ...trends.fallers.slice(0, most)];
  const rows = changes.map((change): Cell[] => [
    formatPercent(change.percent),
    formatMoney(change.before, change.currency),
    formatMoney(change.after, change.currency),
    productName(change),
    cleanText(change.source),
  ]);
  const gone = goneNote(trends);
  return [
    ...wrap(trendSentence(trends), room.width),
    ...(gone === undefined ? [] : wrap(gone, room.width)),
    ...(rows.length > 0 ? renderTable(columns(room.width), rows, room) : []),
  ];
}
