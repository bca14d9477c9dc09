import { isObject } from '../unknown.ts';
import type { BodyPath } from './finding.ts';

/** A value in a body that is neither a list nor an object, and where it stands. */
export interface Leaf {
  readonly path: BodyPath;
  /** Its own key, in lower case without marks: `nextCursor` and `next_cursor` are the same. */
  readonly key: string;
  readonly value: string | number | boolean | null;
}

/** Levels into which paging and totals are looked for. */
const maxDepth = 4;

/** All plain values of a body that do not belong to an item: lists are not entered. The nearest to the root come first. */
export function leavesOf(body: unknown): readonly Leaf[] {
  const leaves: Leaf[] = [];
  let level: { readonly value: unknown; readonly path: BodyPath }[] = [{ value: body, path: [] }];
  for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { value, path } of level) {
      if (!isObject(value)) continue;
      for (const [key, inner] of Object.entries(value).slice(0, 200)) {
        const place = [...path, key];
        if (typeof inner === 'object' && inner !== null) next.push({ value: inner, path: place });
        else if (inner === null || ['string', 'number', 'boolean'].includes(typeof inner))
          leaves.push({ path: place, key: plainKey(key), value: inner as Leaf['value'] });
      }
    }
    level = next;
  }
  return leaves;
}

/** Whether lists and objects lie in one another on more than `levels` levels. */
export function nestsDeeper(body: unknown, levels: number): boolean {
  let level: readonly unknown[] = [body];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((value): readonly unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

/** A key without case and marks. */
export function plainKey(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
