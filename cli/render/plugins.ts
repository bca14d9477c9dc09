import type { PluginList } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { type Column, renderTable } from './table.ts';
import { cut, formatCount, wrap } from './text.ts';

const sourceColumns: readonly Column[] = [
  { title: 'source', drop: 0 },
  { title: 'limit', drop: 1 },
  { title: 'pagination', drop: 2 },
  { title: 'page size', align: 'right', drop: 3 },
  { title: 'mock', drop: 5 },
  { title: 'base URL', drop: 4 },
];

/** The plugins as lines of text, none wider than `width`. */
export function renderPlugins(
  { sources, sinks, models }: PluginList,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  const rows = sources.map(({ name, baseUrl, rateLimit, pagination, limit, mock }) => [
    name,
    formatLimit(rateLimit),
    pagination,
    limit === undefined ? '–' : formatCount(limit),
    mock ? 'yes' : 'no',
    baseUrl,
  ]);
  return [
    ...renderTable(sourceColumns, rows, { width, paint }),
    '',
    paint('gray', cut('sinks', width)),
    ...wrap(sinks.map(({ name }) => name).join(', '), width),
    '',
    paint('gray', cut('models', width)),
    ...models.flatMap(({ name, fields }) => wrap(fields === undefined ? name : `${name}: ${fields.join(', ')}`, width)),
  ];
}

/** 5 per 1000 ms → `5/s`. */
function formatLimit({ requests, perMs }: PluginList['sources'][number]['rateLimit']): string {
  return perMs === 1_000 ? `${formatCount(requests)}/s` : `${formatCount(requests)} per ${formatCount(perMs)} ms`;
}
