import { isDeepStrictEqual } from 'node:util';
import type { ChildResource } from '../../contracts/child.ts';
import { createDice } from '../../dice.ts';
import { isObject } from '../../unknown.ts';
import { hostileItems } from '../hostile-json.ts';
import { notPlainJson } from '../plain-json.ts';
import { type Problems, shown, wordsOf } from '../problems.ts';

/** Items of which hostile versions are made, and how many of each with values by chance. */
const hostileOf = 5;
const oddOfEach = 30;

/** Holds what a dependent resource takes of its parents against its contract, on these items and hostile versions of them. */
export function checkChild(child: ChildResource, items: readonly unknown[], seed: string, problems: Problems): void {
  const who = `parent() of the child "${child.name}"`;
  const objects = items.filter(isObject);
  for (const item of objects) {
    const before = structuredClone(item);
    const parent = attempt(() => child.parent(item as never));
    if ('thrown' in parent)
      problems.add(`${who} throws ${JSON.stringify(parent.thrown)} for the item ${shown(before)}`);
    else if (
      !isDeepStrictEqual(
        parent,
        attempt(() => child.parent(structuredClone(before) as never)),
      )
    )
      problems.add(`${who} is not pure: it says something else when it is asked twice about the item ${shown(before)}`);
    const strange = 'value' in parent ? notPlainJson(parent.value, 'answer') : undefined;
    if (strange !== undefined)
      problems.add(`${who} must return plain JSON, for it is kept in the journal: its ${strange}`);
    if (!isDeepStrictEqual(before, item)) problems.add(`${who} changes its item: it must leave it as it is`);
  }
  const dice = createDice(seed);
  for (const item of objects.slice(0, hostileOf)) {
    for (const hostile of hostileItems(item, oddOfEach, dice)) {
      const outcome = attempt(() => child.parent(hostile.item as never));
      if ('thrown' in outcome && outcome.bug)
        problems.add(`${who} trips over an item in which ${hostile.change}: ${outcome.thrown}`);
    }
  }
}

type Attempt = { readonly value: unknown } | { readonly thrown: string; readonly bug: boolean };

function attempt(work: () => unknown): Attempt {
  try {
    return { value: work() };
  } catch (thrown) {
    return { thrown: wordsOf(thrown), bug: thrown instanceof TypeError || thrown instanceof RangeError };
  }
}
