import { InvalidArgumentError } from 'commander';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const duration = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const durationPart = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;

/**
 * Reads `500ms`, `60s`, `1m30s`, `2h` as whole milliseconds. A bare number is refused, because half of its readers
 * would take it for the other unit. Throws commander's own error, which names the option.
 */
export function parseDuration(text: string): number {
  if (!duration.test(text))
    throw new InvalidArgumentError('Give a time with its unit, such as 500ms, 60s, 1m30s or 2h.');
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(durationPart)) total += Number(amount) * (unitMs[unit] ?? 0);
  return Math.round(total);
}

/** Reads a duration that is more than nothing. */
export function parseDeadline(text: string): number {
  const ms = parseDuration(text);
  if (ms <= 0) throw new InvalidArgumentError('It must be longer than nothing.');
  return ms;
}

/** Reads one duration, or two as the bounds of a range: `50ms`, `20ms-80ms`. Nobody takes a bare one for seconds. */
export function parseLatency(text: string): number | readonly [min: number, max: number] {
  const [min = 0, max, ...more] = text.split('-').map((part) => parseDuration(/^\d+$/.test(part) ? `${part}ms` : part));
  if (max === undefined) return min;
  const range = [min, max] as const;
  if (more.length > 0 || range[0] > range[1]) throw new InvalidArgumentError('Give a range as 20ms-80ms.');
  return range;
}

/** Makes a reader of whole numbers between two bounds. */
export function parseInteger(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Reads a share from 0 to 1. */
export function parseRate(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value > 1) throw new InvalidArgumentError('Give a share from 0 to 1, such as 0.1.');
  return value;
}

/** Collects an option that may be given several times, each time with several values, with commas too. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), ...value.split(',')];
}

/** Collects an option that may be given several times, with whatever stands in it: a header has commas. */
export function collectWhole(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

/** Reads the name of a plugin, which goes into record ids and file names. */
export function parsePluginName(text: string): string {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(text)) {
    throw new InvalidArgumentError('Give lower-case letters, digits, "-" and "_", beginning with a letter or digit.');
  }
  return text;
}
