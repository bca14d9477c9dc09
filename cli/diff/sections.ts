import { cleanText, type RunDiff } from '../../core/index.ts';
import { formatCount, formatMs } from '../render/text.ts';

/** A column of a diff, in whatever form it is shown. */
export interface DiffColumn {
  readonly title: string;
  /** What its cells are: words of our own, texts from outside, or figures. */
  readonly kind: 'word' | 'text' | 'figure';
  /** Where room is short, the column with the highest goes first. */
  readonly drop: number;
}

/** A part of a diff: a table, and lines below it. */
export interface DiffSection {
  readonly title: string;
  readonly columns: readonly DiffColumn[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

type Shift<Value> = { readonly before: Value; readonly after: Value };
type Records = NonNullable<RunDiff['records_diff']>;

/** More are not read; `--format json` has all. */
const most = { fields: 30, drift: 30, errors: 20 } as const;

/** A diff as tables; those that would have no rows are left out. */
export function diffSections(diff: RunDiff): readonly DiffSection[] {
  const { records_diff: records } = diff;
  const parts = [sources(diff), ...(records === null ? [] : [changedFields(records), drift(records)]), errors(diff)];
  return parts.filter(({ rows, notes }) => rows.length + notes.length > 0);
}

const column = (title: string, kind: DiffColumn['kind'], drop = 0): DiffColumn => ({ title, kind, drop });

function sources({ sources: all, records_diff: records, records_missing: missing }: RunDiff): DiffSection {
  const found = new Map(records?.sources.map((each) => [each.source, each]));
  const rows = all.map(({ source, state, records: counts, errors: failed, requests, latency_ms: { p50, p95 } }) => {
    const { new: added, removed, changed } = found.get(source) ?? {};
    const figures = [added, removed, changed].map((count) => (count === undefined ? '' : formatCount(count)));
    return [
      cleanText(source),
      shiftText(state, (value) => value),
      shiftText(counts, formatCount),
      ...figures,
      shiftText(failed, formatCount),
      shiftText(requests, formatCount),
      shiftText(p50, formatMs),
      shiftText(p95, formatMs),
    ];
  });
  return {
    title: 'Sources',
    columns: [
      column('source', 'text'),
      column('state', 'word', 3),
      column('records', 'figure'),
      column('new', 'figure'),
      column('removed', 'figure'),
      column('changed', 'figure'),
      column('errors', 'figure', 1),
      column('requests', 'figure', 4),
      column('p50', 'figure', 5),
      column('p95', 'figure', 2),
    ],
    rows,
    notes: missing === null ? notesOn(records, all) : [`New, removed and changed records can't be told: ${missing}`],
  };
}

/** The first of those that are new or removed, and what these figures can't say. */
function notesOn(records: Records | null, all: RunDiff['sources']): readonly string[] {
  if (records === null) return [];
  const states = new Map(all.map(({ source, state }) => [source, state]));
  /** Sources with such records that one run has not read to the end, and those that it has not asked at all. */
  const open = (side: keyof Shift<boolean>, count: 'new' | 'removed'): readonly [partly: string, not: string] => {
    const wanting = records.sources.filter((source) => !source.whole[side] && source[count] > 0);
    const unasked = wanting.filter(({ source }) => states.get(source)?.[side] === null);
    const partly = wanting.filter((source) => !unasked.includes(source));
    const names = (of: readonly Records['sources'][number][]): string =>
      of.map(({ source }) => cleanText(source)).join(', ');
    return [names(partly), names(unasked)];
  };
  const [[partlyBefore, notBefore], [partlyAfter, notAfter]] = [open('before', 'new'), open('after', 'removed')];
  const total = (count: 'new' | 'removed'): number => records.sources.reduce((sum, source) => sum + source[count], 0);
  const first = (title: string, count: 'new' | 'removed'): string => {
    const ids = records.ids[count].map((id) => cleanText(id));
    const rest = total(count) - ids.length;
    return ids.length === 0 ? '' : `${title}: ${ids.join(', ')}${rest > 0 ? ` and ${formatCount(rest)} more` : ''}`;
  };
  return [
    first('New', 'new'),
    first('Removed', 'removed'),
    partlyBefore && `The earlier run had not all records of ${partlyBefore}: what is new may have been there.`,
    notBefore && `The earlier run did not ask ${notBefore}: all that is there counts as new.`,
    partlyAfter && `The later run had not all records of ${partlyAfter}: what is removed may still be there.`,
    notAfter && `The later run did not ask ${notAfter}: all that was there counts as removed.`,
  ].filter((note) => note !== '');
}

function changedFields({ fields, fields_omitted: omitted }: Records): DiffSection {
  const shown = fields.slice(0, most.fields);
  const rest = fields.length - shown.length + omitted;
  return {
    title: 'Changed fields',
    columns: [
      column('source', 'text', 1),
      column('field', 'text'),
      column('records', 'figure'),
      column('example', 'text', 2),
    ],
    rows: shown.map(({ source, field, records, examples: [example] }) => [
      cleanText(source),
      cleanText(field),
      formatCount(records),
      example === undefined
        ? ''
        : cleanText(`${example.before ?? 'none'} → ${example.after ?? 'none'} (${example.id})`),
    ]),
    notes: rest > 0 ? [`… ${formatCount(rest)} more`] : [],
  };
}

function drift({ drift: all }: Records): DiffSection {
  const shown = all.slice(0, most.drift);
  return {
    title: 'Schema',
    columns: [column('source', 'text'), column('field', 'text'), column('what', 'word')],
    rows: shown.map(({ source, field, kind, types: { before, after } }) => [
      cleanText(source),
      cleanText(field),
      kind === 'appeared'
        ? `appeared, ${after.join(' or ')}`
        : kind === 'disappeared'
          ? `disappeared, was ${before.join(' or ')}`
          : `${before.join(' or ')} → ${after.join(' or ')}`,
    ]),
    notes: all.length > shown.length ? [`… ${formatCount(all.length - shown.length)} more`] : [],
  };
}

/** Kinds of errors that came more often, or less; those that came as often say nothing. */
function errors({ errors: all }: RunDiff): DiffSection {
  const differing = all.filter(({ count }) => count.before !== count.after);
  const shown = differing.slice(0, most.errors);
  const rest = differing.length - shown.length;
  return {
    title: 'Errors',
    columns: [column('error', 'word'), column('where', 'text', 1), column('count', 'figure')],
    rows: shown.map(({ error, reason, endpoint, count }) => [
      reason === undefined ? error : `${error} ${reason}`,
      cleanText(endpoint),
      shiftText(count, formatCount),
    ]),
    notes: rest > 0 ? [`… ${formatCount(rest)} more kinds of errors`] : [],
  };
}

/** `194`, or `194 → 200` where they differ; a dash where a run has none. */
export function shiftText<Value>({ before, after }: Shift<Value | null>, format: (value: Value) => string): string {
  const [was, is] = [before, after].map((value) => (value === null ? '–' : format(value)));
  return was === is ? (is ?? '') : `${was} → ${is}`;
}
