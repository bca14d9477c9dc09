import { cleanText, type RunReport } from '../../core/index.ts';
import { formatCount, wrap } from './text.ts';

/** Names that are shown; beyond them they are no longer read, and the document holds them all. */
const mostNames = 12;

/** Categories that the mapping of the config does not have, the most frequent first; nothing where there are none. */
export function unmappedLines({ monitoring }: RunReport, width: number): string[] {
  const names = Object.entries(monitoring.categories?.unmapped ?? {});
  if (names.length === 0) return [];
  const shown = names.slice(0, mostNames).map(([name, count]) => `${formatCount(count)} ${cleanText(name)}`);
  const more = names.length > mostNames ? [`${formatCount(names.length - mostNames)} more names`] : [];
  return wrap([...shown, ...more].join(', '), width);
}
