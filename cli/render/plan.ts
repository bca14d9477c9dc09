import { cleanText, type PlannedSource, type RunForecast } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { type Cell, type Column, renderTable } from './table.ts';
import { formatCount, formatMs, wrap } from './text.ts';

const columns: readonly Column[] = [
  { title: 'source', drop: 0, max: 20 },
  { title: 'pages', align: 'right', drop: 0 },
  { title: 'items', align: 'right', drop: 4 },
  { title: 'requests', align: 'right', drop: 2 },
  { title: 'answer', align: 'right', drop: 3 },
  { title: 'least time', align: 'right', drop: 0 },
  { title: 'bound by', drop: 1 },
];

interface Room {
  readonly width: number;
  readonly paint: Paint;
}

/** What a run will take as lines of text, none wider than `width`. */
export function renderPlan(forecast: RunForecast, room: Room): string[] {
  const { width, paint } = room;
  const { sources } = forecast;
  const failed = sources.flatMap(({ source, error }) => (error === null ? [] : [{ source, error }]));
  return [
    ...renderTable(columns, sources.map(rowOf), room),
    ...notes(sources).flatMap((note) => wrap(note, width).map((line) => paint('gray', line))),
    ...failed.flatMap(({ source, error }) =>
      wrap(`${cleanText(source)}: ${error.code}: ${cleanText(error.message)}`, width).map((line) => paint('red', line)),
    ),
    '',
    ...wrap(wholeOf(forecast), width).map((line) => paint('bold', line)),
    ...deadlineOf(forecast).flatMap((line) => wrap(line, width).map((each) => paint('yellow', each))),
  ];
}

function rowOf(planned: PlannedSource): Cell[] {
  const { source, pages, items, requests, latency_ms, least_ms, error } = planned;
  if (error !== null) return [cleanText(source), { text: 'failed', style: 'red' }, '–', '–', '–', '–', '–'];
  const count = (value: number | null): string => (value === null ? '–' : formatCount(value));
  return [
    cleanText(source),
    pages === null ? { text: 'unknown', style: 'yellow' } : count(pages),
    count(items),
    count(requests),
    formatMs(latency_ms),
    least_ms === null ? { text: 'unknown', style: 'yellow' } : formatMs(least_ms),
    boundOf(planned),
  ];
}

function boundOf({ bound, limit, pages, sequential, concurrency, least_ms, latency_ms }: PlannedSource): string {
  switch (bound) {
    case 'limit':
      return `the declared limit of ${limit}`;
    case 'latency':
      if (pages === 1) return 'one answer';
      if (sequential === true) return 'answers, one page after another';
      return least_ms === latency_ms ? 'answers, all at once' : 'answers: the first, then the others at once';
    case 'concurrency':
      return `answers, ${formatCount(concurrency)} at once`;
    case null:
      return sequential === true ? `one page after another, at most ${limit}` : `at most ${limit}`;
  }
}

function notes(sources: readonly PlannedSource[]): string[] {
  return sources.flatMap(({ source, pages, capped, error, children }) => {
    if (children.length > 0) {
      return [
        `${cleanText(source)}: asks for ${children.map((name) => cleanText(name)).join(', ')} of its items too, which no figure has in it`,
      ];
    }
    if (capped) return [`${cleanText(source)}: has more pages than maxPages; the run ends it after ${pages ?? 0}`];
    if (pages !== null || error !== null) return [];
    return [`${cleanText(source)}: the upstream tells no total, so its size shows only at its last page`];
  });
}

function wholeOf({ run }: RunForecast): string {
  if (run.slowest === null) return 'whole run: unknown';
  const least = run.whole ? '' : 'at least ';
  const pages = `${formatCount(run.pages)} ${run.pages === 1 ? 'page' : 'pages'}`;
  return `whole run: ${least}${pages}, ${formatMs(run.least_ms)} (all sources at once; ${cleanText(run.slowest)} takes longest)`;
}

function deadlineOf({ run: { deadline_ms, least_ms } }: RunForecast): string[] {
  if (deadline_ms === null || least_ms <= deadline_ms) return [];
  return [`the deadline of ${formatMs(deadline_ms)} comes before that: the run would end as partial`];
}
