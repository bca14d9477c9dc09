import { types } from 'node:util';
import type { ResponseAction } from '../contracts/response-rule.ts';
import { isObject, kindOf } from '../unknown.ts';

const actions: Record<ResponseAction, true> = {
  retry: true,
  fail: true,
  ignore: true,
  'rate-limited': true,
  'end-of-pages': true,
};
const actionNames = Object.keys(actions);

const parts: ReadonlySet<string> = new Set(['status', 'header', 'body', 'action', 'message']);
const headerParts: ReadonlySet<string> = new Set(['name', 'value']);

/** What is wrong with the `responseActions` of a source, one sentence each; none where they are left out. */
export function responseRuleProblems(rules: unknown): readonly string[] {
  if (rules === undefined) return [];
  if (!Array.isArray(rules)) return [`responseActions must be a list of rules, not ${kindOf(rules)}`];
  return rules.flatMap((rule: unknown, index) =>
    problemsOf(rule).map((problem) => `responseActions[${index}]${problem}`),
  );
}

/** Begin with what separates them from the place of the rule. */
function problemsOf(rule: unknown): readonly string[] {
  if (!isObject(rule)) return [` must be an object { status, header, body, action }, not ${kindOf(rule)}`];
  const { status, header, body, action, message } = rule;
  const problems = unknownKeys(rule, parts, '');
  if (status === undefined && header === undefined && body === undefined) {
    problems.push(' would match every response: give it a status, a header or a body');
  }
  if (status !== undefined && !isStatus(status) && !isStatusList(status)) {
    problems.push('.status must be a whole number from 200 to 999, or a list of some');
  }
  if (header !== undefined) problems.push(...headerProblems(header));
  if (body !== undefined && typeof body !== 'function') problems.push('.body must be a function of the parsed body');
  if (typeof action !== 'string' || !actionNames.includes(action)) {
    const found = action === undefined ? 'is missing' : `is ${JSON.stringify(action) ?? kindOf(action)}`;
    problems.push(`.action ${found}: it must be ${actionNames.map((name) => `"${name}"`).join(', ')}`);
  }
  if (message !== undefined && (typeof message !== 'string' || message.trim() === '')) {
    problems.push('.message must be a text that is not empty');
  }
  return problems;
}

function headerProblems(header: unknown): string[] {
  if (!isObject(header)) return [`.header must be an object { name, value }, not ${kindOf(header)}`];
  const { name, value } = header;
  const problems = unknownKeys(header, headerParts, '.header');
  if (typeof name !== 'string' || !/^[!#$%&'*+\-.^_`|~\w]+$/.test(name)) {
    problems.push('.header.name must be a name that a header can have');
  }
  if (value !== undefined && typeof value !== 'string' && !types.isRegExp(value)) {
    problems.push('.header.value must be a text or a regular expression; left out, any value will do');
  }
  return problems;
}

/** A part that is spelt wrong would make a rule match more than it says. */
function unknownKeys(value: Readonly<Record<string, unknown>>, known: ReadonlySet<string>, place: string): string[] {
  return Object.keys(value)
    .filter((key) => !known.has(key))
    .map((key) => `${place} has no option ${JSON.stringify(key)}: there are ${[...known].join(', ')}`);
}

/** What a response proper can have: one below 200 only comes before it. */
function isStatus(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 999;
}

function isStatusList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isStatus);
}
