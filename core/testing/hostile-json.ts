import type { Dice } from '../dice.ts';
import { isObject } from '../unknown.ts';

/** Values that upstreams send where nobody expects them. Each is made anew, for whoever gets it may change it. */
const makers: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => 0,
  () => -1,
  () => 1e308,
  () => '',
  () => '   ',
  () => '1,99',
  () => 'NaN',
  () => '\ud83d\ude00 \u202etxt\u0000\ufeff',
  () => '\ud800',
  () => 'x'.repeat(10_000),
  () => '<script>alert(1)</script>',
  () => '2026-13-45T99:99:99Z',
  () => [],
  () => [null],
  () => [[[]]],
  () => ['text', 1, {}],
  () => ({}),
  () => ({ id: null, name: null, value: null }),
  () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2}') as unknown,
  () => nested(50),
];

/** A hostile version of an item, and in words what is hostile about it. */
export interface HostileItem {
  readonly item: Record<string, unknown>;
  readonly change: string;
}

/** All versions of an item in which one field is missing or null, and `count` with odd values somewhere, as chance has it. */
export function hostileItems(item: Record<string, unknown>, count: number, dice: Dice): readonly HostileItem[] {
  const paths = pathsIn(item);
  const fixed = paths.flatMap((path) => [
    { item: changed(item, path, undefined), change: `${path.join('.')} is missing` },
    { item: changed(item, path, null), change: `${path.join('.')} is null` },
  ]);
  const odd = Array.from({ length: paths.length === 0 ? 0 : count }, () => {
    const path = paths[dice.int(0, paths.length - 1)] ?? [];
    const value = makers[dice.int(0, makers.length - 1)]?.();
    return { item: changed(item, path, value), change: `${path.join('.')} is ${describe(value)}` };
  });
  return [{ item: {}, change: 'there are no fields at all' }, ...fixed, ...odd];
}

type Path = readonly (string | number)[];

/** Levels of an item that are changed: what is deeper is the affair of whoever reads it. */
const deepest = 3;

function pathsIn(value: unknown, above: Path = []): Path[] {
  if (above.length >= deepest) return [];
  const entries = Array.isArray(value)
    ? value.slice(0, 2).map((entry: unknown, index): [number, unknown] => [index, entry])
    : isObject(value)
      ? Object.entries(value)
      : [];
  return entries.flatMap(([key, entry]) => [[...above, key], ...pathsIn(entry, [...above, key])]);
}

function changed(item: Record<string, unknown>, path: Path, value: unknown): Record<string, unknown> {
  const copy = structuredClone(item);
  let holder: object = copy;
  for (const key of path.slice(0, -1)) holder = Object(Reflect.get(holder, key)) as object;
  const last = path.at(-1);
  if (last === undefined) return copy;
  if (value === undefined && !Array.isArray(holder)) Reflect.deleteProperty(holder, last);
  else Reflect.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level++) value = { value };
  return value;
}
