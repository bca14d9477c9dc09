import { type CheckResult, cleanText, type Finding } from '../../core/index.ts';
import type { Paint } from './paint.ts';
import { formatCount, wrap } from './text.ts';

interface Room {
  readonly width: number;
  readonly paint: Paint;
}

/** What was looked at as lines of text, none wider than `width`; problems with what to do about them. */
export function renderCheck({ findings }: CheckResult, room: Room): string[] {
  const { width, paint } = room;
  const problems = findings.filter(({ ok }) => !ok).length;
  const summary =
    problems === 0
      ? 'a run could begin'
      : `${problems === 1 ? '1 problem' : `${formatCount(problems)} problems`}: a run could not begin, or not do all of it`;
  return [
    ...findings.flatMap((finding) => linesOf(finding, room)),
    '',
    ...wrap(summary, width).map((line) => paint(problems === 0 ? 'green' : 'red', line)),
  ];
}

function linesOf({ what, name, ok, code, message, hint }: Finding, { width, paint }: Room): string[] {
  const about = name === '' ? what : `${what} ${cleanText(name)}`;
  const text = `${ok ? 'ok  ' : 'FAIL'} ${about}: ${code === null ? '' : `${code}: `}${cleanText(message)}`;
  return [
    ...wrap(text, width).map((line, index) => (index === 0 ? paint(ok ? 'green' : 'red', line) : line)),
    ...(hint === null ? [] : wrap(`→ ${cleanText(hint)}`, width - 2).map((line) => paint('gray', `  ${line}`))),
  ];
}
