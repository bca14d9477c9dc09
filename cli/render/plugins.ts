import type { PluginList, RateLimit } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { type Column, renderTable } from './table.ts';
import { cut, formatCount, wrap } from './text.ts';

const sourceColumns: readonly Column[] = [
  { title: 'source', drop: 0 },
  { title: 'limit', drop: 1 },
  { title: 'auth', drop: 6 },
  { title: 'pagination', drop: 2 },
  { title: 'page size', align: 'right', drop: 3 },
  { title: 'mock', drop: 5 },
  { title: 'base URL', drop: 4 },
];

/** Where any source brings middleware. */
const middlewareColumn: Column = { title: 'middleware', drop: 7 };

/** The plugins as lines of text, none wider than `width`. */
export function renderPlugins(
  { sources, sinks, models }: PluginList,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  const rows = sources.map(({ name, baseUrl, rateLimits, limitGroup, auth, middleware, pagination, limit, mock }) => [
    name,
    [...rateLimits.map(formatLimit), ...(limitGroup === undefined ? [] : [`shared as ${limitGroup}`])].join(', '),
    auth ?? '–',
    pagination,
    limit === undefined ? '–' : formatCount(limit),
    mock ? 'yes' : 'no',
    baseUrl,
    middleware.map((one) => `${one.name} (${one.place})`).join(', ') || '–',
  ]);
  const some = sources.some(({ middleware }) => middleware.length > 0);
  return [
    ...renderTable(some ? [...sourceColumns, middlewareColumn] : sourceColumns, rows, { width, paint }),
    '',
    paint('gray', cut('sinks', width)),
    ...wrap(sinks.map(({ name }) => name).join(', '), width),
    '',
    paint('gray', cut('models', width)),
    ...models.flatMap(({ name, fields }) => wrap(fields === undefined ? name : `${name}: ${fields.join(', ')}`, width)),
  ];
}

const units: ReadonlyMap<number, string> = new Map([
  [1_000, 's'],
  [60_000, 'min'],
  [3_600_000, 'h'],
  [86_400_000, 'day'],
]);

/** 5 per 1000 ms → `5/s`. */
function formatLimit({ requests, perMs }: RateLimit): string {
  const unit = units.get(perMs);
  return `${formatCount(requests)}${unit === undefined ? ` per ${formatCount(perMs)} ms` : `/${unit}`}`;
}
