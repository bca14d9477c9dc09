import type { z } from 'zod';
import { type ConfigIssue, type ConfigPath, notKnown, pathText } from './issues.ts';

type Node = z.core.JSONSchema.BaseSchema;
type Issue = z.core.$ZodIssue;

/**
 * Says what a zod schema found wrong with `value`: what stands there, what may stand there, what was meant.
 * `schema` is the same schema as JSON Schema; `at` is where the value stands in the config.
 */
export function explain(
  issues: readonly Issue[],
  schema: Node,
  value: unknown,
  redact: (text: string) => string,
  at: ConfigPath = [],
): readonly ConfigIssue[] {
  return issues.flatMap(flatten).flatMap((issue): readonly ConfigIssue[] => {
    const path = issue.path.filter((key) => typeof key !== 'symbol');
    const text = pathText([...at, ...path]);
    const node = nodeAt(schema, path, value);
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(node.properties ?? {});
      return issue.keys.map((key) => notKnown(pathText([...at, ...path, key]), 'option', key, known));
    }
    const found = valueAt(value, path);
    return [{ code: 'config_invalid', path: text, ...describe(issue, node, found, () => show(found, redact)) }];
  });
}

/** A value as it is shown in a message: short, and without secrets. */
export function show(value: unknown, redact: (text: string) => string): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  // Secrets go first: cut short, one would not be known again.
  const text = redact(JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Replaces a failed union by what is wrong with the alternative that was meant, where the value's kind tells which. */
function flatten(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((branch) => !branch.some((inner) => inner.path.length === 0 && isOfKind(inner)));
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** Codes by which an alternative says that a value is of another kind altogether. */
const otherKind: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union', 'custom']);

function isOfKind(issue: Issue): boolean {
  return otherKind.has(issue.code);
}

function describe(
  issue: Issue,
  node: Node,
  value: unknown,
  found: () => string,
): Pick<ConfigIssue, 'problem' | 'hints'> {
  // Checks with a message of their own say what they want themselves.
  if (issue.code === 'custom') return { problem: `${issue.message}, found ${found()}`, hints: [] };
  if (issue.code === 'invalid_key') return { problem: issue.issues[0]?.message ?? issue.message, hints: [] };
  if (issue.code === 'invalid_format' && node.description === undefined) return { problem: issue.message, hints: [] };
  const meaning = node.description === undefined ? '' : ` (${node.description})`;
  const problem = value === undefined ? 'is missing' : `found ${found()}`;
  return { problem, hints: [`allowed: ${formOf(issue) ?? allowed(node)}${meaning}`] };
}

/** The form that a text must have, where its check says so in words of its own: zod's are the pattern. */
function formOf(issue: Issue): string | undefined {
  return issue.code === 'invalid_format' && !issue.message.startsWith('Invalid ') ? issue.message : undefined;
}

/** What a node of the schema allows, in words. */
function allowed(node: Node): string {
  if (node.anyOf !== undefined) return node.anyOf.map((choice) => allowed(choice)).join(', or ');
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(' or ');
  // Alternatives that say nothing but their type come as a list of types.
  if (Array.isArray(node.type))
    return node.type.map((type: NonNullable<Node['type']>) => allowed({ type })).join(', or ');
  switch (node.type) {
    case 'integer':
      return `a whole number${range(node)}`;
    case 'number':
      return `a number${range(node)}`;
    case 'string':
      return node.minLength === undefined ? 'text' : 'text that is not empty';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return node.minItems === undefined ? 'a list' : `a list of at least ${node.minItems}`;
    case 'object':
      return `an object${fields(node)}`;
    default:
      return node.description ?? 'a plugin object';
  }
}

/** The fields that an object needs; where it needs none, those it may have. */
function fields({ required = [], properties = {} }: Node): string {
  const names = required.length > 0 ? required : Object.keys(properties);
  return names.length === 0 ? '' : ` with ${names.join(', ')}`;
}

function range({ minimum, exclusiveMinimum, maximum }: Node): string {
  const from = exclusiveMinimum === undefined ? ` from ${minimum}` : ` above ${exclusiveMinimum}`;
  return `${minimum === undefined && exclusiveMinimum === undefined ? '' : from}${maximum === undefined ? '' : ` to ${maximum}`}`;
}

/** Follows a path through the schema; of alternatives it takes the one that has what comes next. */
function nodeAt(schema: Node, path: ConfigPath, value: unknown): Node {
  let node = schema;
  for (const key of path)
    node =
      choicesOf(node)
        .map((choice) => childOf(choice, key))
        .find(isNode) ?? {};
  const found = valueAt(value, path);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return node;
  return choicesOf(node).find((choice) => choice.type === 'object') ?? node;
}

function choicesOf(node: Node): readonly Node[] {
  return [node, ...(node.anyOf ?? []).filter(isNode)];
}

function childOf(node: Node, key: string | number): unknown {
  return typeof key === 'number' ? node.items : (node.properties?.[key] ?? node.additionalProperties);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? Reflect.get(inner, key) : undefined), value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
