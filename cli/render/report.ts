import { cleanText, type RunReport } from '../../core/index.ts';
import { dropLines } from './drops.ts';
import { errorLines } from './report-errors.ts';
import type { Paint } from './paint.ts';
import { qualityLines } from './quality.ts';
import { timeLines } from './report-time.ts';
import { trendLines } from './trends.ts';
import { unmappedLines } from './unmapped.ts';
import { type Cell, type Column, renderTable } from './table.ts';
import { bar, cut, fit, formatCount, formatMs, formatNumber, formatShare, wrap } from './text.ts';

export interface ReportView {
  /** Width of the terminal. */
  readonly columns: number;
  readonly paint: Paint;
  /** Sink → the files it writes, for those that write any. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Whether all sources or all sinks have failed, as the exit code has it. */
  readonly isFailed: boolean;
}

const stateStyles = { complete: 'green', partial: 'yellow', failed: 'red' } as const;
/** Beyond these a report is no longer read but scrolled through; the document of the run holds them all. */
const most = { sources: 20, categories: 8, files: 3 } as const;

/** The report of a run for people, as lines none of which is wider than the terminal. */
export function renderReport(report: RunReport, view: ReportView): string[] {
  const { paint, columns } = view;
  // The last column stays free: writing it makes some terminals wrap.
  const width = Math.max(20, columns - 1);
  const room = { width, paint };
  const sections: [title: string, lines: readonly string[]][] = [
    ['Sources', sourceLines(report, room)],
    ['Time', timeLines(report, room)],
    ['Prices', priceLines(report, room)],
    ['Price trends', trendLines(report, room)],
    ['Categories', categoryLines(report, room)],
    ['Categories outside of the mapping', unmappedLines(report, width)],
    ['Dropped', dropLines(report, width)],
    ['Quality', qualityLines(report, room)],
    ['Errors', errorLines(report, room)],
    ['Sinks', sinkLines(report, view.files, width)],
  ];
  const shown = sections.filter(([, lines]) => lines.length > 0);
  return [
    '',
    ...shown.flatMap(([title, lines]) => [[paint('bold', title)], lines, ['']]).flat(),
    ...headline(report, view.isFailed, room),
  ];
}

interface Room {
  readonly width: number;
  readonly paint: Paint;
}

function headline({ summary, monitoring }: RunReport, isFailed: boolean, { width, paint }: Room): string[] {
  const words = `${formatCount(summary.total_products)} records in ${formatMs(summary.processing_time_seconds * 1000)}, ${formatShare(summary.success_rate)} of pages delivered`;
  const failed = monitoring.quality?.failed === true;
  const state = [
    ...(isFailed ? ['FAILED'] : summary.partial ? ['PARTIAL'] : []),
    ...(failed ? ['FAILED BY A RULE ON QUALITY'] : []),
  ].join(', ');
  const lines = wrap(state === '' ? words : `${state}: ${words}`, width);
  return lines.map((line) => paint(failed || isFailed ? 'red' : summary.partial ? 'yellow' : 'green', line));
}

const sourceColumns: readonly Column[] = [
  { title: 'source', drop: 0, max: 20 },
  { title: 'state', drop: 0 },
  { title: 'pages', align: 'right', drop: 1 },
  { title: 'records', align: 'right', drop: 0 },
  { title: 'requests', align: 'right', drop: 4 },
  { title: 'retries', align: 'right', drop: 3 },
  { title: 'success', align: 'right', drop: 2 },
  { title: 'p50', align: 'right', drop: 5 },
  { title: 'p95', align: 'right', drop: 5 },
  { title: 'limiter', align: 'right', drop: 6 },
];

function sourceLines({ monitoring }: RunReport, room: Room): string[] {
  const order = { failed: 0, partial: 1, complete: 2 };
  const all = Object.entries(monitoring.sources);
  // Those in trouble come first only where not all can be shown.
  const listed = all.length <= most.sources ? all : all.toSorted(([, a], [, b]) => order[a.state] - order[b.state]);
  const rows = listed.slice(0, most.sources).map(([name, source]): Cell[] => {
    const { delivered, failed } = source.pages;
    return [
      cleanText(name),
      { text: source.state, style: stateStyles[source.state] },
      failed === 0 ? formatCount(delivered) : `${formatCount(delivered)}/${formatCount(delivered + failed)}`,
      formatCount(source.records),
      formatCount(source.requests),
      formatCount(source.retries),
      formatShare(source.success_rate),
      formatMs(source.latency_ms.p50),
      formatMs(source.latency_ms.p95),
      formatMs(source.limiter_wait_ms),
    ];
  });
  return [...renderTable(sourceColumns, rows, room), ...omitted(all.length - rows.length, ['source', 'sources'], room)];
}

const priceColumns: readonly Column[] = [
  { title: 'source', drop: 0, max: 20 },
  { title: 'count', align: 'right', drop: 2 },
  { title: 'min', align: 'right', drop: 0 },
  { title: 'median', align: 'right', drop: 0 },
  { title: 'mean', align: 'right', drop: 1 },
  { title: 'p95', align: 'right', drop: 3 },
  { title: 'max', align: 'right', drop: 0 },
  { title: 'σ', align: 'right', drop: 4 },
];

function priceLines({ metrics }: RunReport, room: Room): string[] {
  const priced = Object.entries(metrics.by_source).filter(([, { price }]) => price.count > 0);
  if (priced.length === 0) return [];
  const groups = [...priced.slice(0, most.sources), ['all', metrics.overall] as const];
  const rows = groups.map(([name, { price }]) => {
    const values = [price.min, price.median, price.mean, price.p95, price.max, price.stddev].map(formatNumber);
    return [cleanText(name), formatCount(price.count)].concat(values);
  });
  return [
    ...renderTable(priceColumns, rows, room),
    ...omitted(priced.length + 1 - rows.length, ['source', 'sources'], room),
  ];
}

function categoryLines({ metrics }: RunReport, room: Room): string[] {
  const { width } = room;
  const all = Object.entries(metrics.category_distribution).toSorted(([, a], [, b]) => b - a);
  const top = all.slice(0, most.categories);
  const largest = top[0]?.[1] ?? 0;
  const counts = top.map(([, count]) => formatCount(count));
  const countWidth = Math.max(0, ...counts.map((count) => count.length));
  const names = top.map(([name]) => cleanText(name) || '(none)');
  const nameWidth = Math.min(Math.floor(width / 2), 24, Math.max(0, ...names.map((name) => name.length)));
  const barWidth = Math.min(30, width - nameWidth - countWidth - 4);
  const lines = top.map(([, count], index) => {
    const length = Math.max(1, Math.round((count / largest) * barWidth));
    const start = `${fit(names[index] ?? '', nameWidth)}  ${fit(counts[index] ?? '', countWidth, 'right')}`;
    return `${start}  ${bar(1, length)}`;
  });
  return [...lines, ...omitted(all.length - top.length, ['category', 'categories'], room)];
}

/** Where every item went, as a sum that people can check: what is zero is left out. */
function sinkLines({ monitoring }: RunReport, files: ReportView['files'], width: number): string[] {
  const lines: string[] = [];
  for (const [name, sink] of Object.entries(monitoring.sinks)) {
    const { read, split, ...to } = sink.reconciliation;
    const from = split === 0 ? `${formatCount(read)} read` : `${formatCount(read)} read + ${formatCount(split)} split`;
    const parts = Object.entries(to).filter(([kind, count]) => count > 0 || kind === 'written');
    const sum = parts.map(([kind, count]) => `${formatCount(count)} ${kind}`).join(' + ');
    const state = sink.state === 'complete' ? '' : `${sink.state}, `;
    lines.push(...wrap(`${cleanText(name)}: ${state}${from} = ${sum}`, width));
    const written = sink.state === 'failed' ? [] : (files.get(name) ?? []);
    // A path is cut at the start: its end is what tells files apart.
    for (const file of written.slice(0, most.files)) lines.push(`  → ${cutStart(cleanText(file), width - 4)}`);
    if (written.length > most.files) lines.push(cut(`  → … ${formatCount(written.length - most.files)} more`, width));
  }
  return lines;
}

function omitted(count: number, [one, many]: readonly [string, string], { width, paint }: Room): string[] {
  return count > 0 ? [paint('gray', cut(`… ${formatCount(count)} more ${count === 1 ? one : many}`, width))] : [];
}

function cutStart(text: string, width: number): string {
  return text.length <= width ? text : `…${text.slice(text.length - width + 1)}`;
}
