import { cleanText, type RunReport } from '../../core/index.ts';
import { formatCount, wrap } from './text.ts';

/** Reasons of one source that are shown; beyond them they are no longer read, and the document holds them all. */
const mostReasons = 10;

/** What normalizers dropped, by source and reason; nothing where nothing was. */
export function dropLines({ monitoring }: RunReport, width: number): string[] {
  return Object.entries(monitoring.sources).flatMap(([name, { items }]) => {
    const reasons = Object.entries(items.drop_reasons).toSorted(([, a], [, b]) => b - a);
    if (reasons.length === 0) return [];
    const shown = reasons.slice(0, mostReasons).map(([reason, count]) => `${formatCount(count)} ${cleanText(reason)}`);
    const more = reasons.length > mostReasons ? [`${formatCount(reasons.length - mostReasons)} more reasons`] : [];
    return wrap(`${cleanText(name)}: ${[...shown, ...more].join(', ')}`, width);
  });
}
