import { html } from 'hono/html';
import type { RunRecord } from '../../../core/index.ts';
import { formatCount } from '../../render/text.ts';
import { type Markup, note, section, table } from '../markup.ts';

const mostErrors = 100;

/** The errors in groups, each with its first message and its last. */
export function errorGroups({ errors, monitoring }: RunRecord['report']): Markup | undefined {
  if (errors.length === 0) return undefined;
  const shown = errors.toSorted((a, b) => b.count - a.count).slice(0, mostErrors);
  const omitted = errors.slice(mostErrors).reduce((sum, { count }) => sum + count, monitoring.errors_omitted);
  return section(
    'Errors',
    table(
      'Errors in groups, with examples',
      [['code'], ['count', 'figure'], ['where'], ['first message'], ['last message']],
      shown.map(({ error, reason, field, count, endpoint, message, last }) => [
        [error, reason, field].filter((part) => part !== undefined).join(' '),
        formatCount(count),
        endpoint,
        message,
        last?.message ?? '',
      ]),
    ),
    omitted > 0 ? note(`${formatCount(omitted)} more are counted but not listed.`) : undefined,
  );
}

/** A few records of each source, as they went to the sinks. */
export function samples(records: RunRecord['samples']): Markup | undefined {
  const all = Object.entries(records);
  if (all.length === 0) return undefined;
  return section(
    'Sample records',
    note('The first of each source in the last life of the run; long ones are cut.'),
    ...all.map(
      ([source, lines]) =>
        html`<h3>${source}</h3>
          ${lines.map((line, index) => html`<pre tabindex="0" aria-label="record ${index + 1} of ${source}">${line}</pre>`)}`,
    ),
  );
}
