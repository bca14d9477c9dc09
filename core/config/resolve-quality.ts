import type { Model } from '../contracts/model.ts';
import type { QualityRule } from '../contracts/quality.ts';
import { property } from '../unknown.ts';
import { describeModel } from '../run/describe-model.ts';
import { type ConfigIssue, notKnown, pathText } from './issues.ts';
import type { ParsedRule } from './quality-schema.ts';

/** Rules with everything decided, and what is wrong with them. */
export interface ResolvedQuality {
  readonly rules: readonly QualityRule[];
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly string[];
}

export interface QualityOptions {
  readonly rules: readonly ParsedRule[];
  /** Names of all sources of the config. */
  readonly known: readonly string[];
  /** Names of those that this run asks. */
  readonly running: readonly string[];
  readonly model: Model | undefined;
}

/** Options that only one check has. */
const owners = {
  fields: 'match',
  min: 'range',
  max: 'range',
  pattern: 'pattern',
  maxAgeSeconds: 'fresh',
  records: 'minCount',
} as const;

/** Decides for which sources each rule is, and finds those that no record could ever be held against. */
export function resolveQuality({ rules, known, running, model }: QualityOptions): ResolvedQuality {
  const fields = model && fieldsOf(model);
  const completed = rules.map(withFields);
  const names = completed.map(nameOf);
  const issues = completed.flatMap((rule, index) => [
    ...wrongOptions(rule, index),
    ...wrongNames(rule, index, known, fields),
    ...(names.indexOf(nameOf(rule)) < index ? [secondNamed(nameOf(rule), index)] : []),
  ]);
  const warnings: string[] = [];
  const resolved = completed.flatMap((rule): readonly QualityRule[] => {
    const sources = running.filter((name) => rule.sources?.includes(name) ?? true);
    if (rule.check === 'match' && sources.length === 1) {
      warnings.push(`the rule "${nameOf(rule)}" compares sources, this run has one of them, and it is left out`);
      return [];
    }
    if (sources.length > 0) return [{ ...rule, name: nameOf(rule), sources }];
    warnings.push(`the rule "${nameOf(rule)}" is for none of the sources of this run, and is left out`);
    return [];
  });
  return { rules: resolved, issues, warnings: running.length > 0 ? warnings : [] };
}

/** What tells a product in two shops. */
const usualFields = ['title', 'brand'];

function withFields(rule: ParsedRule): ParsedRule {
  return rule.check === 'match' ? { ...rule, fields: rule.fields ?? usualFields } : rule;
}

function nameOf({ name, check, field, fields = [] }: ParsedRule): string {
  return name ?? [check, field ?? fields.join(', ')].join(' ').trim();
}

/** The fields of a model, where it or its schema says; the head's are the framework's own. */
function fieldsOf(model: Model): readonly string[] | undefined {
  const properties = property(describeModel(model).jsonSchema, 'properties');
  return model.fields ?? (typeof properties === 'object' && properties !== null ? Object.keys(properties) : undefined);
}

function wrongOptions(rule: ParsedRule, index: number): readonly ConfigIssue[] {
  const { check, field, action, min, max, pattern, maxShare } = rule;
  const issue = (key: string, problem: string, hint: string): ConfigIssue => {
    return { code: 'config_invalid', path: pathText(['quality', index, key]), problem, hints: [hint] };
  };
  const found: ConfigIssue[] = [];
  if (check === 'minCount' && field !== undefined)
    found.push(issue('field', 'minCount counts records, whatever is in them', 'leave the field out'));
  if (check === 'match' && field !== undefined)
    found.push(issue('field', 'match looks at several fields', 'list them in "fields"'));
  if (check !== 'minCount' && check !== 'match' && field === undefined)
    found.push(issue('field', 'is missing', `${check} looks at one field of the model: name it`));
  for (const [key, owner] of Object.entries(owners) as [keyof typeof owners, string][]) {
    if (rule[key] !== undefined && check !== owner)
      found.push(issue(key, `belongs to the check "${owner}", this one is "${check}"`, 'leave it out'));
  }
  if (check === 'range' && min === undefined && max === undefined)
    found.push(issue('min', 'a range needs "min", "max" or both', 'such as min: 0'));
  if (min !== undefined && max !== undefined && min > max)
    found.push(issue('max', `${max} is below "min", which is ${min}`, 'nothing could be in that range'));
  for (const key of ['pattern', 'maxAgeSeconds', 'records'] as const) {
    if (check === owners[key] && rule[key] === undefined)
      found.push(issue(key, 'is missing', `the check "${check}" needs it`));
  }
  const fault = check === 'pattern' && pattern !== undefined ? patternFault(pattern) : undefined;
  if (fault !== undefined) found.push(issue('pattern', fault, 'a regular expression of JavaScript, as in /…/u'));
  const overRun = check === 'unique' || check === 'match' || check === 'minCount';
  if (overRun && action === 'reject') {
    const why = `"${check}" is told over the whole run, when records are written already`;
    found.push(issue('action', why, 'allowed: "warn" or "fail"'));
  }
  if (maxShare > 0 && (action === 'reject' || check === 'minCount'))
    found.push(issue('maxShare', 'a share can be allowed only where records are counted and kept', 'leave it out'));
  return found;
}

function patternFault(pattern: string): string | undefined {
  try {
    return void RegExp(pattern, 'u');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Sources that the config does not have, and a field that the model does not have. */
function wrongNames(
  { sources = [], field, fields: matched = [] }: ParsedRule,
  index: number,
  known: readonly string[],
  fields: readonly string[] | undefined,
): readonly ConfigIssue[] {
  const others = sources.flatMap((name, place) =>
    known.includes(name) ? [] : [notKnown(pathText(['quality', index, 'sources', place]), 'source', name, known)],
  );
  if (fields === undefined) return others;
  const named = matched.map((name) => ({ key: 'fields', name }));
  if (field !== undefined) named.push({ key: 'field', name: field });
  const missing = named.filter(({ name }) => !fields.includes(name));
  return [
    ...others,
    ...missing.map(({ key, name }) => notKnown(pathText(['quality', index, key]), 'field', name, fields)),
  ];
}

function secondNamed(name: string, index: number): ConfigIssue {
  return {
    code: 'config_invalid',
    path: pathText(['quality', index]),
    problem: `another rule is called "${name}" already`,
    hints: ['give one of them a "name" of its own'],
  };
}
