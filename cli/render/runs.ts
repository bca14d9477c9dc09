import type { ListedRun } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { type Column, renderTable } from './table.ts';
import { formatCount, wrap } from './text.ts';

const columns: readonly Column[] = [
  { title: 'run', drop: 0 },
  { title: 'state', drop: 0 },
  { title: 'records', align: 'right', drop: 1 },
  { title: 'lives', align: 'right', drop: 3 },
  { title: 'started', drop: 4 },
  { title: 'sources', drop: 5, max: 40 },
  { title: 'can be taken up', drop: 2 },
];

export interface RunsView {
  /** Where runs are kept; undefined where none are. */
  readonly dir: string | undefined;
  readonly width: number;
  readonly paint: Paint;
}

/** The runs as lines of text, none wider than `width`. */
export function renderRuns(runs: readonly ListedRun[], { dir, width, paint }: RunsView): string[] {
  if (dir === undefined) return wrap('no runs are kept: the config says "state: false"', width);
  if (runs.length === 0) return wrap(`no runs in ${dir}`, width);
  const rows = runs.map(({ id, state, records, lives, startedAt, sources, resumable }) => [
    id,
    { text: state, style: state === 'complete' ? ('green' as const) : ('yellow' as const) },
    formatCount(records),
    formatCount(lives),
    startedAt.replace(/\.\d+Z$/, 'Z'),
    sources.join(', '),
    resumable === 'yes' ? '--resume' : resumable === 'by id' ? '--resume with its id' : '',
  ]);
  return renderTable(columns, rows, { width, paint });
}
