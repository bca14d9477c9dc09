import { cleanText, type RunReport } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { cut, formatCount } from './text.ts';

const mostGroups = 10;

type Entry = RunReport['errors'][number];

/** The errors of a run in groups, those that cost pages or a sink first, each with its first message and its last. */
export function errorLines(report: RunReport, room: { readonly width: number; readonly paint: Paint }): string[] {
  const { width, paint } = room;
  const order = ({ error }: Entry): number => (error === 'invalid_record' ? 1 : 0);
  const all = report.errors.toSorted((a, b) => order(a) - order(b) || b.count - a.count);
  const omitted = report.monitoring.errors_omitted;
  const rest = [
    ...(all.length > mostGroups ? [`… more kinds: ${formatCount(all.length - mostGroups)}`] : []),
    ...(omitted > 0 ? [`… counted but not listed: ${formatCount(omitted)} more`] : []),
  ];
  return [
    ...all
      .slice(0, mostGroups)
      .flatMap((entry) => [
        paint('red', cut(cleanText(titleOf(entry)), width)),
        `  ${cut(cleanText(entry.message), width - 2)}`,
        ...(entry.last === undefined || entry.last.message === entry.message
          ? []
          : [paint('gray', cut(`  last: ${cleanText(entry.last.message)}`, width))]),
      ]),
    ...rest.map((line) => paint('gray', cut(line, width))),
  ];
}

/** `http_404 × 12, dummyjson`; what they cost where the count does not tell. */
function titleOf({ error, reason, field, endpoint, count, pages = count, records = count }: Entry): string {
  const kind = [error, reason, field].filter((part) => part !== undefined).join(' ');
  const cost = [
    ...(pages === count ? [] : [`${formatCount(pages)} pages`]),
    ...(records === count ? [] : [`${formatCount(records)} records`]),
  ];
  return [`${kind} × ${formatCount(count)}`, endpoint, ...cost].join(', ');
}
