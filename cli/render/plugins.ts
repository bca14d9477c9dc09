import { basename } from 'node:path';
import type { ListedSource, PluginList, RateLimit } from '../../core/index.ts';
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
  // These two only where any source has some.
  { title: 'more', drop: 7 },
  { title: 'middleware', drop: 8 },
];

/** The sources of a config; none for one that can't be used. */
export interface ConfiguredSources {
  readonly file: string | null;
  readonly sources: readonly ListedSource[] | null;
}

/** The plugins as lines of text, none wider than `width`. */
export function renderPlugins(
  { sources, sinks, models, engines }: PluginList,
  config: ConfiguredSources | null,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  const title = (text: string): string => paint('gray', cut(text, width));
  return [
    ...renderTable(sourceColumns, sources.map(rowOf), { width, paint }),
    '',
    title('sinks'),
    ...wrap(sinks.map(({ name }) => name).join(', '), width),
    '',
    title('models'),
    ...models.flatMap(({ name, fields }) => wrap(fields === undefined ? name : `${name}: ${fields.join(', ')}`, width)),
    '',
    title('engines'),
    ...wrap(engines.map(({ name }) => name).join(', '), width),
    ...(config === null ? [] : ['', ...renderConfigured(config, { width, paint })]),
  ];
}

function renderConfigured(
  { file, sources }: ConfiguredSources,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  if (sources === null) return wrap('The config here can’t be used: `pipeline check` tells why.', width);
  return [
    paint('gray', cut(`in ${basename(file ?? 'the config')}`, width)),
    ...renderTable(sourceColumns, sources.map(rowOf), { width, paint }),
  ];
}

function rowOf(source: ListedSource): readonly string[] {
  const { name, baseUrl, rateLimits, weighted, limitGroup, auth, middleware, pagination, limit, mock } = source;
  return [
    name,
    [
      ...rateLimits.map(formatLimit),
      ...(weighted ? ['weighted'] : []),
      ...(limitGroup === undefined ? [] : [`shared as ${limitGroup}`]),
    ].join(', '),
    auth ?? '–',
    pagination,
    limit === undefined ? '–' : formatCount(limit),
    mock ? 'yes' : 'no',
    baseUrl,
    featuresOf(source),
    middleware.map((one) => `${one.name} (${one.place})`).join(', '),
  ];
}

/** What it does beside reading its pages. */
function featuresOf({ children, incremental, conditional, enriched }: ListedSource): string {
  return [
    ...children.map(({ name, rateLimits }) => [`children ${name}`, ...rateLimits.map(formatLimit)].join(' ')),
    ...(incremental ? ['incremental'] : []),
    ...(conditional ? ['conditional'] : []),
    ...(enriched ? ['enriched'] : []),
  ].join(', ');
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
