import { cleanText, type Preview } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { cut, fit, formatCount, wrap } from './text.ts';

interface Room {
  readonly width: number;
  readonly paint: Paint;
}

type Item = Preview['items'][number];

/** Characters of a value that are looked at: more than any line holds. */
const mostCharacters = 1_000;
/** Lines of one item, on either side: an item of a thousand fields is for `--json`. */
const mostLines = 25;
const gap = ' │ ';

/**
 * The items of a preview as lines of text, none wider than `width`: the raw item on the left, field by field, and what it
 * becomes on the right.
 */
export function renderPreview({ source, items, complete, error }: Preview, room: Room): string[] {
  const { width, paint } = room;
  const left = Math.floor((width - gap.length) / 2);
  const right = width - gap.length - left;
  const blocks = items.flatMap((item, number) => {
    const title = cut(`${number + 1}. item ${item.index} of ${cleanText(item.page, mostCharacters)}`, width);
    const raw = limited(fieldsOf(item.raw));
    const made = limited(outcomeOf(item));
    const rows = Array.from({ length: Math.max(raw.length, made.length) }, (_, row) => {
      const { text = '', bad = false } = made[row] ?? {};
      const shown = cut(text, right);
      return `${fit(raw[row]?.text ?? '', left)}${gap}${bad ? paint('red', shown) : shown}`.trimEnd();
    });
    return [paint('bold', title), ...rows, ''];
  });
  return [
    ...(items.length === 0 ? [] : [paint('gray', `${fit('raw', left)}${gap}${cut('normalised', right)}`)]),
    ...blocks,
    ...wrap(summaryOf(source, items, complete), width),
    ...(error === null
      ? []
      : wrap(`${error.code}: ${cleanText(error.message)}`, width).map((line) => paint('red', line))),
  ];
}

interface Line {
  readonly text: string;
  /** It tells of something that became no record. */
  readonly bad?: boolean;
}

function outcomeOf({ records, rejects, drops }: Item): Line[] {
  return [
    ...rejects.map(({ reason, field, message }) => {
      return { text: `rejected, ${reason}${field === null ? '' : ` ${inline(field)}`}: ${inline(message)}`, bad: true };
    }),
    ...drops.map((reason) => ({ text: `dropped: ${inline(reason)}`, bad: true })),
    ...records.flatMap((record, index) => [
      ...(records.length > 1 ? [{ text: `record ${index + 1} of ${records.length}` }] : []),
      ...fieldsOf(record),
    ]),
  ];
}

/** `key: value` for each field; one line for what is no object. */
function fieldsOf(value: unknown): Line[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ text: valueOf(value) }];
  return Object.entries(value).map(([key, inner]) => ({ text: `${inline(key)}: ${valueOf(inner)}` }));
}

function valueOf(value: unknown): string {
  return inline(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

/** A text of an upstream on one line, without anything that a terminal would obey. */
function inline(text: string): string {
  return cleanText(text.slice(0, mostCharacters), mostCharacters);
}

function limited(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), { text: `… ${formatCount(lines.length - mostLines)} more lines` }];
}

function summaryOf(source: string, items: readonly Item[], complete: boolean): string {
  const records = items.reduce((sum, item) => sum + item.records.length, 0);
  const rejects = items.reduce((sum, item) => sum + item.rejects.length, 0);
  const drops = items.reduce((sum, item) => sum + item.drops.length, 0);
  const parts = [
    `${formatCount(items.length)} ${items.length === 1 ? 'item' : 'items'}`,
    `${formatCount(records)} ${records === 1 ? 'record' : 'records'}`,
    ...(rejects === 0 ? [] : [`${formatCount(rejects)} rejected`]),
    ...(drops === 0 ? [] : [`${formatCount(drops)} dropped`]),
  ];
  return `${cleanText(source)}: ${parts.join(', ')}; ${complete ? 'that is all it has' : 'there may be more'}`;
}
