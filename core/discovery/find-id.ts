import { isObject } from '../unknown.ts';
import { at, type BodyPath, type Finding, pathText } from './finding.ts';

/** What ids are called, the best first. */
const usual = ['id', '_id', 'uuid', 'guid', 'key', 'sku', 'code', 'slug'];

/** Finds the field that tells items apart: present in all of them, text or a whole number, no value twice. */
export function findId(items: readonly unknown[]): Finding<BodyPath> | undefined {
  const [first] = items;
  if (!isObject(first)) return undefined;
  const unique = candidates(first).filter((path) => tellsApart(items, path));
  const ranked = unique.map((path) => ({ path, rank: rankOf(path) })).toSorted((a, b) => a.rank - b.rank);
  const [best] = ranked;
  if (best === undefined) return undefined;
  const because = `${pathText(best.path)} is there in all ${items.length} items, and never the same`;
  // One item is no proof that a field is never the same.
  const named = best.rank < usual.length;
  return { value: best.path, certainty: named && items.length > 1 ? 'sure' : named ? 'likely' : 'guess', because };
}

/** Own fields, and those of objects in them: some APIs wrap each item. */
function candidates(item: Readonly<Record<string, unknown>>): readonly BodyPath[] {
  return Object.entries(item).flatMap(([key, value]): readonly BodyPath[] =>
    isObject(value) ? Object.keys(value).map((inner) => [key, inner]) : [[key]],
  );
}

function tellsApart(items: readonly unknown[], path: BodyPath): boolean {
  const seen = new Set<unknown>();
  for (const item of items) {
    const value = at(item, path);
    const usable =
      (typeof value === 'string' && value.trim() !== '' && value.length < 200) || Number.isSafeInteger(value);
    if (!usable || seen.has(value)) return false;
    seen.add(value);
  }
  return true;
}

function rankOf(path: BodyPath): number {
  const key = path.at(-1) ?? '';
  const deep = path.length > 1 ? 0.5 : 0;
  const place = usual.indexOf(key.toLowerCase());
  if (place >= 0) return place + deep;
  // `ProductID`, `order_id`: by name an id, and perhaps that of something else.
  return (/(?:^|_|[a-z])(?:id|ID|Id)$/.test(key) ? 1 : 50) + deep + 0.25;
}
