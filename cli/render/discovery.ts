import { cleanText, type DiscoveredSource } from '../../core/index.ts';
import { testCommand } from '../scaffold/test-command.ts';
import type { Paint } from './paint.ts';
import { type Column, renderTable } from './table.ts';
import { wrap } from './text.ts';

export interface DiscoveryView {
  /** Where the source was written; undefined where it was not. */
  readonly folder: string | undefined;
  readonly width: number;
  readonly paint: Paint;
}

/** All of them stay; what was found is cut to the room that `rate limit` and `likely` leave. */
const columnsIn = (room: number): readonly Column[] => [
  { title: 'what', drop: 0 },
  { title: '', drop: 0 },
  { title: 'found', drop: 0, max: Math.max(10, room - 20) },
];

const styles = { sure: 'green', likely: 'yellow', guess: 'red' } as const;

/** What was found out about an API, for people, as lines none of which is wider than the terminal, but for those to be copied. */
export function renderDiscovery(source: DiscoveredSource, { folder, width, paint }: DiscoveryView): string[] {
  const room = Math.max(20, width - 1);
  const rows = source.found.map(({ what, value, certainty }) => [
    what,
    { text: certainty, style: styles[certainty] },
    cleanText(valueText(value)),
  ]);
  const reasons = source.found.flatMap(({ what, because }) => wrap(`${what}: ${cleanText(because)}`, room));
  const unknown = source.unknown.flatMap((text) => wrap(`- ${cleanText(text)}`, room));
  const [plugin, test] = source.files;
  return [
    ...wrap(`${source.requests} request${source.requests === 1 ? '' : 's'} to ${cleanText(source.url)}`, room),
    '',
    ...renderTable(columnsIn(room), rows, { width: room, paint }),
    '',
    ...reasons,
    ...(unknown.length === 0 ? [] : ['', paint('bold', 'Could not be told'), ...unknown]),
    '',
    ...(folder === undefined
      ? [plugin?.text.trimEnd() ?? '']
      : [
          ...wrap(
            `wrote ${folder}: ${plugin?.name ?? ''}, ${test?.name ?? ''} and ${source.files.length - 2} files of recorded pages`,
            room,
          ),
          ...(source.variables.length === 0 ? [] : [`set first:      ${source.variables.join(', ')}`]),
          `in the config:  sources: ['./${folder}/${plugin?.name ?? ''}']`,
          `run its test:   ${testCommand(`${folder}/${test?.name ?? ''}`)}`,
        ]),
  ];
}

/** A paging without its quotes and braces, a path as it is written in code. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'the body itself' : value.join('.');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .filter(([name, inner]) => name !== 'firstPage' || inner !== 1)
    .map(([name, inner]) => (name === 'style' || name === 'in' ? String(inner) : `${name} ${valueText(inner)}`))
    .join(', ');
}
