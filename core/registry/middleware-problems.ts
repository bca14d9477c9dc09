import { isObject } from '../unknown.ts';
import { pluginName } from './plugin-name.ts';

const places: ReadonlySet<unknown> = new Set([undefined, 'run', 'attempt', 'hop']);

/** What keeps a value from being a list of middleware, one sentence each; none for a good one and for none at all. */
export function middlewareProblems(list: unknown): readonly string[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return ['middleware must be a list of what defineMiddleware({ … }) makes'];
  return [
    ...list.flatMap((one: unknown, index) => (isMiddleware(one) ? [] : [`middleware[${index}] ${middlewareForm}`])),
    ...namedTwice(list.filter(isMiddleware)).map((name) => `middleware has two that are called "${name}"`),
  ];
}

export const middlewareForm =
  'must be made by defineMiddleware({ name, place, wrap }), with a place of "run", "attempt" or "hop"';

/** Whether a value is a middleware with a name and, if it says one, a place. */
export function isMiddleware(value: unknown): value is { readonly name: string } {
  if (!isObject(value) || typeof value['wrap'] !== 'function' || !places.has(value['place'])) return false;
  return typeof value['name'] === 'string' && pluginName.test(value['name']);
}

/** Names that more than one has. */
export function namedTwice(list: readonly { readonly name: string }[]): readonly string[] {
  const names = list.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
