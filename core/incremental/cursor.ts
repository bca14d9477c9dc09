import type { CursorKind, CursorValue, Incremental } from '../contracts/incremental.ts';
import type { JsonObject } from '../contracts/json.ts';
import { isObject } from '../unknown.ts';

/** A value as a point on the line of its kind; undefined for what is none: a text that is no time, a number of no size. */
function placeOf(value: unknown, kind: CursorKind): number | undefined {
  if (kind === 'iso') {
    const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? undefined : time;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return kind === 'seconds' ? value * 1000 : value;
}

/** Whether a value can be a cursor of that kind. */
export function isCursor(value: unknown, kind: CursorKind): value is CursorValue {
  if (kind === 'sequence' && typeof value === 'string') return value !== '' && value.length <= 200;
  return placeOf(value, kind) !== undefined;
}

/** The later of two values of one kind; the first where they are the same. */
export function later(
  a: CursorValue | undefined,
  b: CursorValue | undefined,
  kind: CursorKind,
): CursorValue | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const first = placeOf(a, kind);
  const second = placeOf(b, kind);
  if (first !== undefined && second !== undefined) return second > first ? b : a;
  return String(b) > String(a) ? b : a;
}

/** The value of the cursor field in a raw item; undefined where there is none that can be compared. */
export function cursorOf(item: unknown, { field, kind = 'iso' }: Incremental): CursorValue | undefined {
  if (!isObject(item)) return undefined;
  let value: unknown;
  try {
    value = typeof field === 'function' ? field(item as JsonObject) : atPath(item, field);
  } catch {
    return undefined;
  }
  return isCursor(value, kind) ? value : undefined;
}

function atPath(item: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((found, key) => (isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined), item);
}

/** A time as its kind is written. */
function written(time: number, kind: Exclude<CursorKind, 'sequence'>): CursorValue {
  switch (kind) {
    case 'iso':
      return new Date(time).toISOString();
    case 'seconds':
      // Down, for a later second would leave out what happened within this one.
      return Math.floor(time / 1000);
    case 'milliseconds':
      return time;
  }
}

/**
 * What a run may keep as its cursor: what changed while it ran may have slipped between two of its pages, so that a time
 * after its start is brought back to there. That also keeps out a time that is far in the future.
 */
export function keptCursor(seen: CursorValue, startedAt: number, kind: CursorKind): CursorValue {
  if (kind === 'sequence') return seen;
  const time = placeOf(seen, kind);
  return time !== undefined && time > startedAt ? written(startedAt, kind) : seen;
}

/** What a run asks since: the kept cursor less the lag. */
export function askedCursor(kept: CursorValue, { kind = 'iso', lagMs = 0 }: Incremental): CursorValue {
  const time = placeOf(kept, kind);
  return kind === 'sequence' || lagMs === 0 || time === undefined ? kept : written(time - lagMs, kind);
}
