import { isObject } from '../unknown.ts';

/** Levels of objects that are spelt out; what lies deeper is `unknown`. */
const maxDepth = 3;

/** Fields that are spelt out; an object with a key for each of many things is a table, not a shape. */
const mostFields = 60;

interface TypeOptions {
  /** Levels above these values. Default 0. */
  readonly depth?: number;
  /** Whether code reads this field of the outermost object: it is spelt out in a table, too. Default: none. */
  readonly reads?: (name: string) => boolean;
}

/** The TypeScript type of all these values, as far as they show it: as the text of a type. */
export function typeOf(values: readonly unknown[], { depth = 0, reads = () => false }: TypeOptions = {}): string {
  const kinds = new Set<string>();
  const objects = values.filter(isObject);
  const lists = values.filter((value): value is unknown[] => Array.isArray(value));
  if (objects.length > 0) kinds.add(depth < maxDepth ? objectType(objects, depth, reads) : 'object');
  if (lists.length > 0) {
    const element = typeOf(lists.flat(), { depth });
    kinds.add(`readonly ${/[|&]/.test(element) ? `(${element})` : element}[]`);
  }
  for (const value of values) if (typeof value !== 'object') kinds.add(typeof value);
  if (values.includes(null)) kinds.add('null');
  kinds.delete('undefined');
  return kinds.size === 0 ? 'unknown' : [...kinds].join(' | ');
}

function objectType(
  objects: readonly Readonly<Record<string, unknown>>[],
  depth: number,
  reads: (name: string) => boolean,
): string {
  const all = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const names = all.length > mostFields ? all.filter(reads) : all;
  if (names.length === 0) return 'Readonly<Record<string, unknown>>';
  const indent = '  '.repeat(depth + 1);
  const fields = names.map((name) => {
    const holders = objects.filter((object) => Object.hasOwn(object, name));
    const optional = holders.length < objects.length ? '?' : '';
    return `${indent}readonly ${key(name)}${optional}: ${typeOf(
      holders.map((object) => object[name]),
      { depth: depth + 1 },
    )};`;
  });
  return `{\n${fields.join('\n')}\n${'  '.repeat(depth)}}`;
}

/** A key as it is written in code. */
export function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

/** A text as it is written in code, whatever an upstream has put into it. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `'${escaped}'`;
}

/** Code that reads a path off a variable: `body.data.items`; `optional` where what is on the way may be missing. */
export function access(variable: string, path: readonly string[], optional = false): string {
  return path.reduce((code, name, index) => {
    const dot = optional && index > 0 ? '?.' : '';
    return /^[A-Za-z_$][\w$]*$/.test(name)
      ? `${code}${dot === '' ? '.' : dot}${name}`
      : `${code}${dot}[${quoted(name)}]`;
  }, variable);
}

/** Type of a body in which something stands at `path`. */
export function bodyType(path: readonly string[], optional = false): string {
  const inner = path
    .slice(1)
    .reduceRight((type, name) => `{ readonly ${key(name)}${optional ? '?' : ''}: ${type} }`, 'unknown');
  return `{ readonly ${key(path[0] ?? '')}${optional ? '?' : ''}: ${inner} }`;
}
