import stringWidth from 'string-width';
import { fittingColumns } from './table.ts';
import type { Paint, Style } from './paint.ts';
import { etaMs, isActive, type ProgressState, requestsPerSecond, type SourceProgress } from './progress-state.ts';
import { bar, cut, fit, formatClock, formatCount, formatNumber } from './text.ts';

/** The room there is, and the time. */
export interface ProgressView {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly paint: Paint;
}

/** One line as its texts, before it is known which of them have room. */
interface Line {
  readonly name: string;
  /** Share of pages done; undefined where the number of pages is unknown. */
  readonly share: number | undefined;
  readonly pages: string;
  readonly records: string;
  readonly rate: string;
  readonly retries: string;
  readonly eta: string;
  readonly state: string;
  readonly style: Style;
}

/** What goes first where room is short; 0 stays. */
const drop = { name: 0, bar: 3, pages: 0, records: 2, rate: 4, retries: 5, eta: 1, state: 0 } as const;
const order = ['name', 'bar', 'pages', 'records', 'rate', 'retries', 'eta', 'state'] as const;
const titles: Partial<Record<(typeof order)[number], string>> = {
  name: 'source',
  pages: 'pages',
  records: 'records',
  rate: 'req/s',
  retries: 'retries',
  eta: 'ETA',
};
const bars = { min: 6, max: 24 } as const;
const longestName = 20;
/** So that the line does not move when the state changes. */
const stateWidth = 'breaker open'.length;

/** The lines of the live display: one for each source while there is room, else for the active ones, and a total. */
export function renderProgress(state: ProgressState, view: ProgressView): string[] {
  const all = [...state.sources.values()];
  // The last column stays free: writing it makes some terminals wrap. Two rows are left to the log and the cursor.
  const room = { columns: Math.max(1, view.columns - 1), rows: Math.max(1, view.rows - 2) };
  const header = room.rows >= 5 ? 1 : 0;
  // Below the total, where there is room for it.
  const workers = header === 1 ? workersText(state) : undefined;
  const beside = workers === undefined ? 1 : 2;
  const fits = all.length + header + beside <= room.rows;
  const listed = fits ? all : all.filter(isActive).slice(0, Math.max(0, room.rows - header - beside - 1));
  const lines = [...listed.map((source) => sourceLine(source, view.now)), totalLine(state, all, view.now)];
  const drawn = drawLines(lines, room.columns, view.paint);
  const hidden = all.length - listed.length;
  if (hidden > 0) {
    const summary = cut(`… ${formatCount(hidden)} more: ${countPhases(all, new Set(listed))}`, room.columns);
    drawn.splice(-1, 0, view.paint('gray', summary));
  }
  if (workers !== undefined) drawn.push(view.paint('gray', cut(workers, room.columns)));
  return drawn.slice(header === 1 ? 0 : 1).slice(-room.rows);
}

/** Who else works on the run; undefined where nobody does. */
export function workersText({ workers: told }: ProgressState): string | undefined {
  if (told === undefined) return undefined;
  const { workers, inHand, waiting } = told;
  const who = workers === 1 ? '1 worker' : `${formatCount(workers)} workers`;
  return `${who}, ${formatCount(inHand)} pages in hand, ${formatCount(waiting)} waiting`;
}

function drawLines(lines: readonly Line[], columns: number, paint: Paint): string[] {
  const widest = (key: (typeof order)[number]): number => {
    if (key === 'bar') return bars.min;
    const texts = lines.map((line) => stringWidth(line[key]));
    const width = Math.max(stringWidth(titles[key] ?? ''), ...texts);
    if (key === 'state') return Math.max(stateWidth, width);
    return key === 'name' ? Math.min(longestName, width) : width;
  };
  const measured = order.map((key) => ({ key, drop: drop[key], width: widest(key) }));
  const kept = fittingColumns(measured, columns)
    .map((index) => measured[index])
    .filter((column) => column !== undefined);
  const used = kept.reduce((sum, { width }) => sum + width + 2, -2);
  const barWidth = Math.min(bars.max, bars.min + Math.max(0, columns - used));
  // On a very narrow terminal even the columns that stay do not fit: the name gives way.
  const nameWidth = Math.max(1, widest('name') - Math.max(0, used - columns));

  const draw = (cellOf: (key: (typeof order)[number]) => string, style: Style | undefined): string => {
    const texts = kept.map(({ key, width }) => {
      switch (key) {
        case 'name':
          return fit(cellOf(key), nameWidth);
        case 'bar':
          return fit(cellOf(key), barWidth);
        case 'state':
          return cut(cellOf(key), width);
        default:
          return fit(cellOf(key), width, 'right');
      }
    });
    const state = texts.pop() ?? '';
    const front = [...texts, ''].join('  ');
    if (style === undefined) return paint('gray', cut(`${front}${state}`.trimEnd(), columns));
    const shown = cut(front, columns);
    return `${shown}${paint(style, cut(state, columns - stringWidth(shown)))}`;
  };

  return [
    draw((key) => titles[key] ?? '', undefined),
    ...lines.map((line) =>
      draw((key) => {
        if (key !== 'bar') return line[key];
        return line.share === undefined ? '·'.repeat(barWidth) : bar(line.share, barWidth);
      }, line.style),
    ),
  ];
}

function sourceLine(source: SourceProgress, now: number): Line {
  const eta = etaMs(source, now);
  const done = source.delivered + source.failed;
  const [state, style] = describe(source, now);
  return {
    name: source.name,
    share: source.pages === undefined ? undefined : done / Math.max(1, source.pages),
    pages: pagesDelivered(source.delivered, source.pages),
    records: formatCount(source.records),
    rate: formatNumber(Math.round(requestsPerSecond(source, now) * 10) / 10),
    retries: formatCount(source.retries),
    eta: isActive(source) ? formatEta(eta) : '',
    state,
    style,
  };
}

function totalLine(state: ProgressState, all: readonly SourceProgress[], now: number): Line {
  const sum = (pick: (source: SourceProgress) => number): number =>
    all.reduce((total, source) => total + pick(source), 0);
  const done = sum(({ delivered, failed }) => delivered + failed);
  // A source that has ended has no pages left, whatever was known of it.
  const known = all.every((source) => source.pages !== undefined || !isActive(source));
  const pages = known ? sum((source) => source.pages ?? source.delivered + source.failed) : undefined;
  const active = all.filter(isActive);
  const rate = active.reduce((total, source) => total + requestsPerSecond(source, now), 0);
  return {
    name: 'total',
    share: pages === undefined ? undefined : done / Math.max(1, pages),
    pages: pagesDelivered(
      sum(({ delivered }) => delivered),
      pages,
    ),
    records: formatCount(sum(({ records }) => records)),
    rate: formatNumber(Math.round(rate * 10) / 10),
    retries: formatCount(sum(({ retries }) => retries)),
    eta: active.length === 0 ? '' : formatEta(totalEtaMs(state, now)),
    state: state.stopping ? 'stopping' : formatClock(Math.max(0, now - state.startedAt)),
    style: state.stopping ? 'yellow' : 'bold',
  };
}

/** The sources run side by side, so the slowest says when all is done. Undefined while one is unknown. */
export function totalEtaMs(state: ProgressState, now: number): number | undefined {
  let slowest = 0;
  for (const source of state.sources.values()) {
    const eta = etaMs(source, now);
    if (eta === undefined) return undefined;
    slowest = Math.max(slowest, eta);
  }
  return slowest;
}

const phases: Readonly<Record<Exclude<SourceProgress['phase'], 'running'>, readonly [text: string, style: Style]>> = {
  waiting: ['waiting', 'gray'],
  complete: ['done', 'green'],
  partial: ['partial', 'yellow'],
  failed: ['failed', 'red'],
};

/** What a source is doing, the most telling first. */
function describe(source: SourceProgress, now: number): readonly [text: string, style: Style] {
  if (source.phase !== 'running') return phases[source.phase];
  if (source.breaker === 'open') return ['breaker open', 'red'];
  if (source.breaker === 'half-open') return ['probing', 'yellow'];
  if (source.pausedUntil > now) return [`paused ${formatClock(source.pausedUntil - now)}`, 'yellow'];
  if (source.retryUntil > now) return [`retry ${source.retryAttempt - 1}`, 'yellow'];
  if (source.limitedUntil > now) return ['rate limit', 'cyan'];
  return ['fetching', 'cyan'];
}

function countPhases(all: readonly SourceProgress[], listed: ReadonlySet<SourceProgress>): string {
  const counts = new Map<string, number>();
  for (const source of all) {
    if (listed.has(source)) continue;
    const phase = source.phase === 'running' ? 'running' : phases[source.phase][0];
    counts.set(phase, (counts.get(phase) ?? 0) + 1);
  }
  return [...counts].map(([phase, count]) => `${formatCount(count)} ${phase}`).join(', ');
}

function pagesDelivered(delivered: number, pages: number | undefined): string {
  return pages === undefined ? formatCount(delivered) : `${formatCount(delivered)}/${formatCount(pages)}`;
}

function formatEta(eta: number | undefined): string {
  return eta === undefined ? '–' : formatClock(eta);
}
