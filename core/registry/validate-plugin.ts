import type { EnginePlugin } from '../engine/engine-plugin.ts';
import type { Model } from '../contracts/model.ts';
import type { SinkPlugin } from '../contracts/sink.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { normalizerProblems } from '../normalizing/flat-steps.ts';
import { isObject, kindOf } from '../unknown.ts';
import { childrenProblems, type FieldCheck } from './children-problems.ts';
import { incrementalProblems } from './incremental-problems.ts';
import { authProblems } from './auth-problems.ts';
import { middlewareProblems } from './middleware-problems.ts';
import { pluginName } from './plugin-name.ts';
import { rateLimitProblems } from './rate-limit-problems.ts';
import { responseRuleProblems } from './response-rule-problems.ts';

/** What each kind of plugin is. */
export interface PluginTypes {
  source: SourcePlugin;
  sink: SinkPlugin;
  model: Model;
  engine: EnginePlugin;
}

/** The kinds of plugins that a config names. */
export type PluginKind = keyof PluginTypes;

/** What `api` may be; whether the range holds is checked where the plugin is found. */
export const apiRange = 'a semver range such as "^1"';

const standardSchema = 'a schema that implements Standard Schema (zod, valibot, arktype, …)';

const needs: ReadonlySet<unknown> = new Set(['headers', 'body', 'items']);

/** What keeps a value from being a plugin of that kind, one sentence each; none for a good one. */
export function pluginProblems(kind: PluginKind, value: unknown): readonly string[] {
  return checks[kind](value);
}

const checks: Record<PluginKind, (value: unknown) => readonly string[]> = {
  source: sourceProblems,
  sink: sinkProblems,
  model: modelProblems,
  engine: engineProblems,
};

function sourceProblems(value: unknown): readonly string[] {
  if (!isObject(value)) return [`a source is an object made by defineSource({ … }), not ${foundInstead(value)}`];
  return [
    ...nameProblems(value),
    ...(isBaseUrl(value['baseUrl']) ? [] : ['baseUrl must be an http or https URL without query or fragment']),
    ...rateLimitProblems(value['rateLimit']),
    ...optional(value, 'limitGroup', isName, 'a name: lower-case letters, digits, "-" and "_"'),
    ...optional(value, 'cost', isFunction, 'a function of a page request that gives a whole number'),
    ...paginationProblems(value['pagination']),
    ...normalizerProblems(value['normalizer']),
    ...optional(value, 'raw', isStandardSchema, standardSchema),
    ...optional(value, 'items', isFunction, 'a function of the parsed body'),
    ...authProblems(value['auth']),
    ...optional(value, 'headers', isTextRecord, 'an object of texts'),
    ...responseRuleProblems(value['responseActions']),
    ...childrenProblems(value['children'], pluginName, childFields),
    ...middlewareProblems(value['middleware']),
    ...incrementalProblems(value['incremental']),
    ...optional(value, 'conditional', (found) => typeof found === 'boolean', 'true or false'),
    ...optional(value, 'mock', isFunction, 'a function that imports the embedded upstream'),
    ...optional(value, 'api', isText, apiRange),
  ];
}

const childFields: readonly FieldCheck[] = [
  { field: 'parent', accepts: isFunction, what: 'a function of an item' },
  { field: 'pagination', accepts: isFunction, what: 'a function that makes the pager of a parent' },
  {
    field: 'normalizer',
    accepts: (value) => normalizerProblems(value).length === 0,
    what: 'a function, made by defineNormalizer({ normalize(item) { … } }) or chain(…), or a list of such steps',
  },
  {
    field: 'items',
    accepts: (value) => value === undefined || isFunction(value),
    what: 'a function of the parsed body',
  },
  {
    field: 'rateLimit',
    accepts: (value) => value === undefined || rateLimitProblems(value).length === 0,
    what: '{ requests, perMs } with two positive numbers, or a list of such windows',
  },
];

function sinkProblems(value: unknown): readonly string[] {
  if (!isObject(value)) return [`a sink is an object made by defineSink({ … }), not ${foundInstead(value)}`];
  return [
    ...nameProblems(value),
    ...(isFunction(value['open']) ? [] : ['open must be a function that returns the open sink']),
    ...optional(
      value,
      'concurrency',
      (found) => Number.isInteger(found) && Number(found) > 0,
      'a whole number from 1 on',
    ),
    ...optional(value, 'distributed', isDistribution, '"direct", "assembled", or an object with the function parts'),
    ...optional(value, 'check', isFunction, 'a function that finds out whether the sink could be opened'),
    ...optional(value, 'forget', isFunction, 'a function that removes what an unfinished run left behind'),
    ...optional(value, 'file', isFunction, 'a function that names the file that is written'),
    ...optional(value, 'query', isFunction, 'a function that answers a question'),
    ...optional(value, 'modelProblems', isFunction, 'a function that says what is wrong with a model'),
    ...optional(value, 'auxiliary', (found) => typeof found === 'boolean', 'true or false'),
    ...optional(value, 'requires', isTextList, 'a list of names of packages'),
    ...optional(value, 'diff', isFunction, 'a function that tells how the records of two runs differ'),
    ...optional(value, 'api', isText, apiRange),
    ...optional(value, 'options', isStandardSchema, standardSchema),
  ];
}

function modelProblems(value: unknown): readonly string[] {
  if (!isObject(value)) return [`a model is an object made by defineModel({ … }), not ${foundInstead(value)}`];
  return [
    ...nameProblems(value),
    ...(isStandardSchema(value['schema']) ? [] : ['schema must implement Standard Schema (zod, valibot, arktype, …)']),
    ...optional(value, 'fields', isTextList, 'a list of field names'),
    ...optional(value, 'optional', isTextList, 'a list of field names'),
    ...optional(value, 'metrics', isTextRecord, 'an object that names the fields value and group'),
    ...optional(value, 'api', isText, apiRange),
  ];
}

function engineProblems(value: unknown): readonly string[] {
  if (!isObject(value)) return [`an engine is an object made by defineEngine({ … }), not ${foundInstead(value)}`];
  return [
    ...nameProblems(value),
    ...(['coordinate', 'work', 'runs'] as const).flatMap((method) =>
      isFunction(value[method]) ? [] : [`${method} must be a function`],
    ),
    ...optional(value, 'api', isText, apiRange),
    ...optional(value, 'options', isStandardSchema, standardSchema),
    ...optional(value, 'check', isFunction, 'a function'),
  ];
}

/** Whether a text is what requests can be resolved against: http or https, without query and fragment. */
export function isBaseUrl(value: unknown): value is string {
  if (typeof value !== 'string' || /[?#]/.test(value) || !URL.canParse(value)) return false;
  return /^https?:$/.test(new URL(value).protocol);
}

export function nameProblems(value: Fields): readonly string[] {
  const name = value['name'];
  if (typeof name === 'string' && pluginName.test(name)) return [];
  const found = name === undefined ? 'is missing' : `is ${JSON.stringify(name) ?? kindOf(name)}`;
  return [`name ${found}: it must be lower-case letters, digits, "-" and "_", beginning with a letter or digit`];
}

function paginationProblems(pager: unknown): readonly string[] {
  if (!isObject(pager)) return ['pagination is missing: use one of the pagers, or give { first, next }'];
  if (!isFunction(pager['first']) || !isFunction(pager['next'])) {
    return ['pagination must have the functions first and next'];
  }
  return [
    ...optional(pager, 'needs', (found) => needs.has(found), '"headers", "body" or "items"'),
    ...optional(pager, 'lookahead', isCount, 'a whole number of at least 0'),
  ].map((problem) => `pagination.${problem}`);
}

export function optional(
  value: Fields,
  key: string,
  accepts: (found: unknown) => boolean,
  what: string,
): readonly string[] {
  return value[key] === undefined || accepts(value[key]) ? [] : [`${key} must be ${what}`];
}

interface Fields {
  readonly [key: string]: unknown;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

export function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && pluginName.test(value);
}

function hasFunction(value: unknown, key: string): boolean {
  return isObject(value) && isFunction(value[key]);
}

/** Whether a value is a schema of any library. Arktype's schemas are functions, so a schema need not be an object. */
export function isStandardSchema(value: unknown): boolean {
  const holder = isObject(value) || typeof value === 'function' ? value : {};
  return hasFunction(Reflect.get(holder, '~standard'), 'validate');
}

function isDistribution(value: unknown): boolean {
  return value === 'direct' || value === 'assembled' || hasFunction(value, 'parts');
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isTextRecord(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isText);
}

/** What stands in the place of a plugin. */
function foundInstead(value: unknown): string {
  return value === undefined ? 'nothing: is there a default export?' : kindOf(value);
}
