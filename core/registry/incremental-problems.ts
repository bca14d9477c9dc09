import { isCursor } from '../incremental/cursor.ts';
import type { CursorKind } from '../contracts/incremental.ts';
import { isObject } from '../unknown.ts';

const kinds: readonly CursorKind[] = ['iso', 'seconds', 'milliseconds', 'sequence'];

/** What keeps a value from being a source's `incremental`, one sentence each. */
export function incrementalProblems(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return ['incremental must be an object { field, param }'];
  const { field, param, kind = 'iso', lagMs = 0, start } = value;
  const known = kinds.find((name) => name === kind);
  return [
    ...(isNamed(field) ? [] : ['incremental.field must be the path of a field, or a function of the raw item']),
    ...(isNamed(param)
      ? []
      : ['incremental.param must be the name of a query parameter, or a function of the request']),
    ...(known === undefined ? [`incremental.kind must be one of ${kinds.join(', ')}`] : []),
    ...(typeof lagMs === 'number' && lagMs >= 0 && Number.isFinite(lagMs)
      ? []
      : ['incremental.lagMs must be a time in milliseconds']),
    ...(kind === 'sequence' && lagMs !== 0 ? ['incremental.lagMs is a time, and a sequence has none'] : []),
    ...(known === undefined || start === undefined || isCursor(start, known)
      ? []
      : [`incremental.start must be a value of the kind ${known}`]),
  ];
}

function isNamed(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'string' && value.trim() !== '');
}
