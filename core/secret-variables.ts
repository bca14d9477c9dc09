import { isSecretKey } from './redact.ts';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Shorter values are words, numbers and switches. */
export const shortestValue = 8;

/** Where a shell stands, and no password. */
const folder = 'PWD';
/** What a name ends in that says the same as a telling key does: `SHOP_KEY`. */
const tellingEnd = /_(?:key|pass|passwd|pwd|auth|jwt|credentials?)$/i;

/**
 * The variables that hold secrets by what they are called, by name, in the order of the names: a plugin may read one of
 * them itself, and no config knows of it. Values of less than 8 characters are none.
 */
export function secretVariables(env: Environment): ReadonlyMap<string, string> {
  const found = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value !== undefined && value.length >= shortestValue && isSecretName(name) ? [[name, value]] : [],
  );
  return new Map(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isSecretName(name: string): boolean {
  return name !== folder && (isSecretKey(name) || tellingEnd.test(name));
}
