/** The rules that a record can be held against by itself. Runs in worker threads. */
import type { CategoryMap } from '../contracts/categories.ts';
import type { QualityRule } from '../contracts/quality.ts';
import { kindOf } from '../unknown.ts';
import { createHarmoniser, type Harmonised } from './categories.ts';
import { matchKey } from './match-key.ts';

/** A rule that a record broke, and how. */
export interface BrokenRule {
  readonly rule: string;
  readonly field: string;
  readonly message: string;
}

/** What the rules say of a record. */
export interface Judgement {
  /** The first rule that rejects it. */
  readonly rejected?: BrokenRule;
  /** Rules that it broke and that let it pass; left out where there are none. */
  readonly broken?: readonly BrokenRule[];
  /** For each of the source's keys, the text that tells equal records; undefined where it has none. */
  readonly keys?: readonly (string | undefined)[];
}

/** What the config says of the records of one source, ready to be used. */
export interface RecordChecks {
  /** Names of the rules that compare records, in the order of a judgement's keys. */
  readonly keyNames: readonly string[];
  /** Gives the record's category the name that is written; undefined where nothing is mapped. */
  readonly harmonise: ((fields: Readonly<Record<string, unknown>>) => Harmonised) | undefined;
  judge(fields: Readonly<Record<string, unknown>>, processedAt: string): Judgement;
}

/** Characters of a value that a message shows. */
const mostShown = 80;

type Problem = (value: unknown, processedAt: string) => string | undefined;

/** Prepares them; undefined where nothing is to be done with a record, so that it costs nothing. */
export function createRecordChecks(rules: readonly QualityRule[], categories?: CategoryMap): RecordChecks | undefined {
  const keyed = rules.filter(({ check }) => check === 'unique' || check === 'match');
  const checks = rules.flatMap((rule) => {
    const problem = problemOf(rule);
    return problem === undefined ? [] : [{ rule, field: rule.field ?? '', problem }];
  });
  if (checks.length + keyed.length === 0 && categories === undefined) return undefined;
  return {
    harmonise: categories && createHarmoniser(categories),
    keyNames: keyed.map(({ name }) => name),
    judge(fields, processedAt) {
      let broken: BrokenRule[] | undefined;
      for (const { rule, field, problem } of checks) {
        const message = problem(fields[field], processedAt);
        if (message === undefined) continue;
        const found = { rule: rule.name, field, message: `${field} ${message} (rule "${rule.name}")` };
        if (rule.action === 'reject') return { rejected: found };
        (broken ??= []).push(found);
      }
      const keys = keyed.map(({ field = '', fields: matched }) =>
        matched === undefined ? keyOf(fields[field]) : matchKey(fields, matched),
      );
      return { ...(broken !== undefined && { broken }), ...(keys.length > 0 && { keys }) };
    },
  };
}

/** What is wrong with a value, as a function; undefined for rules that need the whole run. */
function problemOf(rule: QualityRule): Problem | undefined {
  switch (rule.check) {
    case 'notNull':
      return (value) => (isMissing(value) ? 'has no value' : undefined);
    case 'range':
      return inRange(rule.min ?? -Infinity, rule.max ?? Infinity);
    case 'pattern':
      return matching(new RegExp(rule.pattern ?? '', 'u'));
    case 'fresh':
      return fresh(rule.maxAgeSeconds ?? Infinity);
    case 'unique':
    case 'match':
    case 'minCount':
      return undefined;
  }
}

/** Of no value nothing is said but by `notNull`: a field may be optional and right where it is there. */
function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

function inRange(min: number, max: number): Problem {
  return (value) => {
    if (isMissing(value)) return undefined;
    if (typeof value !== 'number') return `is ${kindOf(value)}, not a number`;
    if (value < min) return `${value} is below ${min}`;
    return value > max ? `${value} is above ${max}` : undefined;
  };
}

function matching(pattern: RegExp): Problem {
  return (value) => {
    if (isMissing(value)) return undefined;
    if (typeof value !== 'string') return `is ${kindOf(value)}, not text`;
    return pattern.test(value) ? undefined : `${shown(value)} does not match ${pattern.source}`;
  };
}

function fresh(maxAgeSeconds: number): Problem {
  return (value, processedAt) => {
    if (isMissing(value)) return undefined;
    const time = timeOf(value);
    if (Number.isNaN(time)) return `${shown(value)} is no time`;
    const age = (Date.parse(processedAt) - time) / 1000;
    return age > maxAgeSeconds ? `is ${Math.round(age)} s old, of ${maxAgeSeconds} s allowed` : undefined;
  };
}

/** ISO 8601, from a day to a fraction of a second. Left to itself, V8 finds a date in `Chair 13` too. */
const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/** Milliseconds since the epoch, of a date, of ISO 8601 text, or of such a number; NaN where it is none. */
function timeOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value;
  return typeof value === 'string' && isoTime.test(value.trim()) ? Date.parse(value.trim()) : Number.NaN;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, mostShown + 1)) : kindOf(value);
  return text.length > mostShown ? `${text.slice(0, mostShown - 1)}…` : text;
}

/** Of the value as it would be written: 1 and "1" differ. No value is like no other. */
function keyOf(value: unknown): string | undefined {
  return isMissing(value) ? undefined : JSON.stringify(value);
}
