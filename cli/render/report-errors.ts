import { cleanText, type RunReport } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { cut, formatCount } from './text.ts';

const mostKinds = 10;

/** The errors of a run by code, the most frequent first, each with the first message of its kind. */
export function errorLines(report: RunReport, room: { readonly width: number; readonly paint: Paint }): string[] {
  const { width, paint } = room;
  const kinds = new Map<string, { count: number; endpoints: Set<string>; message: string }>();
  for (const { error, endpoint, message } of report.errors) {
    const kind = kinds.get(error) ?? { count: 0, endpoints: new Set(), message };
    kind.count += 1;
    kind.endpoints.add(endpoint);
    kinds.set(error, kind);
  }
  const all = [...kinds].toSorted(([, a], [, b]) => b.count - a.count);
  const omitted = report.monitoring.errors_omitted;
  const rest = [
    ...(all.length > mostKinds ? [`… more kinds: ${formatCount(all.length - mostKinds)}`] : []),
    ...(omitted > 0 ? [`… counted but not listed: ${formatCount(omitted)} more`] : []),
  ];
  return [
    ...all.slice(0, mostKinds).flatMap(([code, { count, endpoints, message }]) => {
      const [first, ...others] = endpoints;
      const where = others.length === 0 ? (first ?? '') : `${first} and ${others.length} more`;
      return [
        paint('red', cut(`${cleanText(code)} × ${formatCount(count)}, ${cleanText(where)}`, width)),
        `  ${cut(cleanText(message), width - 2)}`,
      ];
    }),
    ...rest.map((line) => paint('gray', cut(line, width))),
  ];
}
