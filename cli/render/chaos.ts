import type { ChaosVerdict } from '../chaos/verdict.ts';
import type { Paint, Style } from './paint.ts';
import { formatCount, formatMs, wrap } from './text.ts';

/** Columns of the words on the left. */
const labelWidth = 9;

/** The verdict as lines of text, none wider than `width` but for the command, which is to be copied. */
export function renderChaos(
  verdict: ChaosVerdict,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string[] {
  const { passed, problem, kills, lives, runs, records, requests, limits, seconds, seed, command, folder } = verdict;
  const line = (label: string, text: string, style?: Style): string[] =>
    wrap(text, Math.max(1, width - labelWidth)).map((part, index) => {
      const shown = style === undefined ? part : paint(style, part);
      return `${index === 0 ? paint('gray', label.padEnd(labelWidth)) : ' '.repeat(labelWidth)}${shown}`;
    });
  const { expected, delivered, lost, doubled, foreign } = records;
  const counts = [
    `${formatCount(expected)} expected`,
    `${formatCount(delivered)} delivered`,
    `${formatCount(lost)} lost`,
    `${formatCount(doubled)} doubled`,
    ...(foreign === 0 ? [] : [`${formatCount(foreign)} foreign`]),
  ];
  const whole = lost === 0 && doubled === 0 && foreign === 0;
  return [
    ...line('verdict', passed ? 'passed' : 'FAILED', passed ? 'green' : 'red'),
    ...(problem === null
      ? []
      : problem.split('\n').flatMap((text, index) => line(index === 0 ? 'problem' : '', text, 'red'))),
    ...line('records', counts.join(', '), whole ? undefined : 'red'),
    ...line(
      'kills',
      `${formatCount(kills.made)} of ${formatCount(kills.wanted)}, ${count(lives, 'life', 'lives')}, ${count(runs, 'run', 'runs')}`,
    ),
    ...line('requests', `${formatCount(requests.made)} made, ${formatCount(requests.needed)} needed undisturbed`),
    ...limits.flatMap(({ source, requests: most, per_ms: perMs, closest_ms: closest, held }, index) => {
      const limit = `${source}: ${formatCount(most)} in ${formatMs(perMs)} ${held ? 'held' : 'BROKEN'}`;
      const seen = closest === null ? '' : `, ${formatCount(most + 1)} came within ${formatCount(closest)} ms`;
      return line(index === 0 ? 'limits' : '', limit + seen, held ? undefined : 'red');
    }),
    ...line('time', formatMs(seconds * 1000)),
    ...line('seed', String(seed)),
    ...(folder === null ? [] : [`${paint('gray', 'kept'.padEnd(labelWidth))}${folder}`]),
    `${paint('gray', 'again'.padEnd(labelWidth))}${command}`,
  ];
}

function count(number: number, one: string, many: string): string {
  return `${formatCount(number)} ${number === 1 ? one : many}`;
}
