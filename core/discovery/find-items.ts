import { isObject } from '../unknown.ts';
import { type BodyPath, type Finding, pathText } from './finding.ts';
import { plainKey } from './walk-body.ts';

/** What lists of items are called, the best first. */
const usual = [
  'items',
  'results',
  'data',
  'records',
  'value',
  'entries',
  'rows',
  'list',
  'hits',
  'docs',
  'nodes',
  'edges',
];

interface List {
  readonly path: BodyPath;
  readonly length: number;
}

/** Finds the list of items in a body; undefined where there is no list of objects. */
export function findItems(body: unknown): Finding<BodyPath> | undefined {
  if (Array.isArray(body)) {
    return body.every(isObject) ? { value: [], certainty: 'sure', because: 'the body is a list' } : undefined;
  }
  const lists = listsIn(body, []).toSorted((a, b) => weight(b) - weight(a));
  const [best, second] = lists;
  if (best === undefined) return undefined;
  if (second === undefined) {
    const because = `${pathText(best.path)} is the only list of objects`;
    return { value: best.path, certainty: best.length === 0 ? 'likely' : 'sure', because };
  }
  const because = `of ${lists.length} lists, ${pathText(best.path)} is the likeliest by name, length and place`;
  return { value: best.path, certainty: weight(best) > 2 * weight(second) ? 'likely' : 'guess', because };
}

function listsIn(value: unknown, path: BodyPath): readonly List[] {
  if (path.length > 4 || !isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]): readonly List[] => {
    const place = [...path, key];
    if (!Array.isArray(inner)) return listsIn(inner, place);
    return inner.every(isObject) ? [{ path: place, length: inner.length }] : [];
  });
}

/** Long lists with a usual name near the root weigh most; facets and included records are shorter or deeper. */
function weight({ path, length }: List): number {
  const place = usual.indexOf(plainKey(path.at(-1) ?? ''));
  return ((1 + length) * (place >= 0 ? 3 : 1)) / path.length;
}
