import type { RunDiff } from '../../core/index.ts';
import type { Paint } from '../render/paint.ts';
import { renderTable } from '../render/table.ts';
import { formatCount, formatMs, wrap } from '../render/text.ts';
import { diffSections, shiftText } from './sections.ts';

/** Wider cells leave a table no room. */
const widest = 60;

/** A diff for a terminal, as lines none of which is wider than `width`. */
export function renderDiff(diff: RunDiff, view: { readonly width: number; readonly paint: Paint }): string[] {
  const { width, paint } = view;
  const { before, after } = diff.runs;
  const sections = diffSections(diff).flatMap(({ title, columns, rows, notes }) => {
    const shown = columns.map(({ title: name, kind, drop }) => ({
      title: name,
      drop,
      max: widest,
      align: kind === 'figure' ? ('right' as const) : ('left' as const),
    }));
    return [
      '',
      paint('bold', title),
      ...(rows.length === 0 ? [] : renderTable(shown, rows, view)),
      ...notes.flatMap((note) => wrap(note, width)).map((line) => paint('gray', line)),
    ];
  });
  return [
    ...wrap(`before: ${headOf(before)}`, width),
    ...wrap(`after:  ${headOf(after)}`, width),
    ...wrap(diffSentence(diff), width),
    ...sections,
  ];
}

/** What has become of the whole, in one line. */
export function diffSentence({ records, seconds }: RunDiff): string {
  return `${shiftText(records, formatCount)} records in ${shiftText(seconds, (value) => formatMs(value * 1000))}`;
}

function headOf({ run_id: id, started_at: began, partial }: RunDiff['runs']['before']): string {
  return `${id}, began ${began.replace(/\.\d+Z$/, 'Z')}${partial ? ', partial' : ''}`;
}
