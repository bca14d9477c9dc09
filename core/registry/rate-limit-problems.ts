import { isObject } from '../unknown.ts';

const form = 'rateLimit must be { requests, perMs } with two positive numbers, or a list of such windows';

/** What keeps a value from being the `rateLimit` of a source, one sentence each; none for a good one. */
export function rateLimitProblems(limit: unknown): readonly string[] {
  const windows: readonly unknown[] = Array.isArray(limit) ? limit : [limit];
  if (windows.length === 0 || !windows.every(isWindow)) return [form];
  return differInLength(windows) ? [] : ['rateLimit has two windows of the same length: keep the lower number'];
}

/** Whether no two windows are as long: one of them would mean nothing. */
export function differInLength(windows: readonly { readonly perMs: number }[]): boolean {
  return new Set(windows.map(({ perMs }) => perMs)).size === windows.length;
}

function isWindow(value: unknown): value is { readonly requests: number; readonly perMs: number } {
  return isObject(value) && isPositive(value['requests']) && isPositive(value['perMs']);
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
