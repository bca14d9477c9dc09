import { cleanText, type RunReport } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { type Column, renderTable } from './table.ts';
import { cut, formatCount, formatMs, wrap } from './text.ts';

/** The slowest sources are listed: they are what a run waits for. */
const mostSources = 10;
/** Below this share a use of time is not worth a word. */
const leastShare = 0.01;

type Source = RunReport['monitoring']['sources'][string];
type TimeUse = keyof Source['time']['spent_ms'];

/** How each use of time is called. */
export const timeUseNames: Record<TimeUse, string> = {
  rate_limit: 'rate limit',
  pause: 'pause asked for',
  upstream: 'upstream',
  concurrency: 'upstream, all slots taken',
  backoff: 'backoff',
  breaker: 'open breaker',
  workers: 'workers',
  sinks: 'sinks',
  memory: 'room in memory',
  other: 'other',
};

const columns: readonly Column[] = [
  { title: 'source', drop: 0, max: 20 },
  { title: 'time', align: 'right', drop: 0 },
  { title: 'spent on', drop: 0 },
];

/** Where the time of each source went, the slowest first, and what would make the slowest one faster. */
export function timeLines(
  { monitoring }: RunReport,
  room: { readonly width: number; readonly paint: Paint },
): string[] {
  const { width, paint } = room;
  const all = Object.entries(monitoring.sources)
    .filter(([, { time }]) => time.total_ms > 0)
    .toSorted(([, a], [, b]) => b.time.total_ms - a.time.total_ms);
  const [slowest] = all;
  if (slowest === undefined) return [];
  const rows = all
    .slice(0, mostSources)
    .map(([name, { time }]) => [cleanText(name), formatMs(time.total_ms), usesOf(time)]);
  const [name, { advice }] = slowest;
  const left = all.length - rows.length;
  return [
    ...renderTable(narrowed(rows, width), rows, room),
    ...(left > 0 ? [paint('gray', cut(`… ${formatCount(left)} more, all of them faster`, width))] : []),
    ...(advice === null ? [] : wrap(`${all.length > 1 ? `${cleanText(name)}, the slowest: ` : ''}${advice}`, width)),
  ];
}

/** `rate limit 92 %, upstream 7 %`, the largest first. */
function usesOf({ total_ms, spent_ms }: Source['time']): string {
  const uses = (Object.keys(spent_ms) as TimeUse[])
    .filter((use) => spent_ms[use] / total_ms >= leastShare)
    .toSorted((a, b) => spent_ms[b] - spent_ms[a]);
  return uses.map((use) => `${timeUseNames[use]} ${Math.round((spent_ms[use] / total_ms) * 100)} %`).join(', ');
}

/** What the uses may take beside the other columns: they are cut at their end, where the small ones stand. */
function narrowed(rows: readonly (readonly string[])[], width: number): readonly Column[] {
  const taken = [0, 1].map((index) => Math.max(4, ...rows.map((row) => Math.min(20, row[index]?.length ?? 0))));
  const left = width - taken.reduce((sum, each) => sum + each + 2, 0);
  return columns.map((column, index) => (index === 2 ? { ...column, max: Math.max(8, left) } : column));
}
