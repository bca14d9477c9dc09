import { isDeepStrictEqual } from 'node:util';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ChildOf } from '../contracts/child.ts';
import type { NormalizerPlan } from '../contracts/normalizer.ts';
import { createDice } from '../dice.ts';
import { flatSteps } from '../normalizing/flat-steps.ts';
import { isDropped, runSteps } from '../normalizing/run-steps.ts';
import { isPromise } from '../processing/check-fields.ts';
import { checkRaw } from '../processing/check-raw.ts';
import { sourceId } from '../processing/source-id.ts';
import { isObject, kindOf } from '../unknown.ts';
import { type HostileItem, hostileItems } from './hostile-json.ts';
import { notPlainJson } from './plain-json.ts';
import { type Problems, shown, wordsOf } from './problems.ts';

export interface NormalizerCheck {
  readonly items: readonly unknown[];
  readonly source: string;
  readonly seed: string;
  /** The dependent resource that the items belong to, and what their parent gave. Default: they are the source's own. */
  readonly child?: ChildOf | undefined;
  /** What items are held against before they get to the normalizer. Default: nothing. */
  readonly raw?: StandardSchemaV1 | undefined;
}

/** Items of which hostile versions are made, and how many of each with values by chance. */
const hostileOf = 10;
const oddOfEach = 60;

/** What a normalizer made of an item; one that the raw schema refused never gets there. */
type Outcome = { readonly value: unknown } | { readonly thrown: unknown } | { readonly refused: true };

/** Holds a normalizer against its contract, on these items and on hostile versions of them. */
export function checkNormalizer(normalizer: NormalizerPlan, check: NormalizerCheck, problems: Problems): void {
  const objects = check.items.filter(isObject);
  const context = {
    source: check.source,
    processedAt: '2026-01-01T00:00:00.000Z',
    ...(check.child && { child: check.child.name, parent: check.child.parent }),
  };
  const steps = flatSteps(normalizer);
  const run = (item: unknown): Outcome => {
    const checked = check.raw === undefined ? { value: item } : checkRaw(item, check.raw);
    if ('reason' in checked) return { refused: true };
    try {
      return { value: runSteps(steps, checked.value, context) };
    } catch (thrown) {
      return { thrown };
    }
  };

  const first = objects.map((item) => {
    const before = structuredClone(item);
    const outcome = run(item);
    if (!isDeepStrictEqual(before, item))
      problems.add(`normalize() changes its item (${changedField(before, item)}): it must leave it as it is`);
    return { before, outcome };
  });
  for (const { before, outcome } of first) checkOutcome(before, outcome, problems);
  // The last first, and each twice: what is remembered of other items shows.
  for (const { before, outcome } of first.toReversed())
    checkSame(before, outcome, run(structuredClone(before)), problems);
  checkIds(first, problems);

  const dice = createDice(check.seed);
  for (const item of objects.slice(0, hostileOf)) {
    for (const hostile of hostileItems(item, oddOfEach, dice)) survive(hostile, run, problems);
  }
  // A hostile item may have left something behind.
  for (const { before, outcome } of first) checkSame(before, outcome, run(structuredClone(before)), problems);
}

function checkOutcome(item: unknown, outcome: Outcome, problems: Problems): void {
  if ('thrown' in outcome) {
    return problems.add(`normalize() throws ${JSON.stringify(wordsOf(outcome.thrown))} for the item ${shown(item)}`);
  }
  for (const value of recordsIn(outcome)) checkRecord(item, value, problems);
}

function checkRecord(item: unknown, value: unknown, problems: Problems): void {
  if (isPromise(value)) return problems.add('normalize() returns a promise: it must return the fields at once');
  if (!isObject(value)) {
    return problems.add(`normalize() returns ${kindOf(value)} for the item ${shown(item)}: it must return an object`);
  }
  const id = sourceId(value['id']);
  if (typeof id !== 'string')
    problems.add(`normalize() returns no usable id for the item ${shown(item)}: ${id.message}`);
  const strange = notPlainJson(value, '');
  if (strange !== undefined)
    problems.add(`normalize() returns what JSON can't hold for the item ${shown(item)}: ${strange}`);
}

function checkSame(item: unknown, before: Outcome, after: Outcome, problems: Problems): void {
  const same =
    'value' in before && 'value' in after
      ? isDeepStrictEqual(before.value, after.value)
      : 'thrown' in before === 'thrown' in after && 'refused' in before === 'refused' in after;
  if (same) return;
  const told = (outcome: Outcome): string => ('value' in outcome ? shown(outcome.value) : 'a throw');
  problems.add(
    `normalize() is not pure: of the item ${shown(item)} it makes ${told(before)}, and after other items ${told(after)}; threads share nothing, so it must remember nothing`,
  );
}

function checkIds(made: readonly { before: unknown; outcome: Outcome }[], problems: Problems): void {
  const owners = new Map<string, unknown>();
  for (const { before, outcome } of made) {
    for (const value of recordsIn(outcome)) {
      const id = isObject(value) ? sourceId(value['id']) : undefined;
      if (typeof id !== 'string') continue;
      const owner = owners.get(id);
      if (owner !== undefined && !isDeepStrictEqual(owner, before))
        problems.add(
          `two items have the id ${JSON.stringify(id)}: ${shown(owner)} and ${shown(before)}; only the first would be kept`,
        );
      owners.set(id, before);
    }
  }
}

/** What is to become records: an item may be split into several, or dropped. */
function recordsIn(outcome: Outcome): readonly unknown[] {
  if (!('value' in outcome)) return [];
  const values: readonly unknown[] = Array.isArray(outcome.value) ? outcome.value : [outcome.value];
  return values.filter((value) => !isDropped(value));
}

/** Throwing on purpose rejects an item; tripping over one does too, and says nothing that helps anybody. */
function survive({ item, change }: HostileItem, run: (item: unknown) => Outcome, problems: Problems): void {
  const before = structuredClone(item);
  const outcome = run(item);
  if (!isDeepStrictEqual(before, item)) problems.add('normalize() changes an item: it must leave it as it is');
  if (!('thrown' in outcome)) return;
  const { thrown } = outcome;
  if (thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof ReferenceError) {
    problems.add(`normalize() trips over an item in which ${change}: ${wordsOf(thrown)}`);
  }
}

function changedField(before: Record<string, unknown>, after: Record<string, unknown>): string {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.filter((key) => !isDeepStrictEqual(before[key], after[key])).join(', ') || 'the order of its fields';
}
