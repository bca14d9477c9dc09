import type { Reject } from '../contracts/batch.ts';
import type { RejectGroup } from '../contracts/journal.ts';

/** Groups of one source that are kept apart; what comes after them is counted in the last. */
const mostGroups = 200;

/** The rejects of one page as groups; `clean` makes what an upstream said fit to be kept. */
export function groupRejects(
  rejects: readonly Reject[],
  page: { readonly key: string; readonly at: number },
  clean: (text: string) => string,
): RejectGroup[] {
  const groups = rejects.map(({ reason, field, index, message }): RejectGroup => {
    const example = { at: page.at, key: clean(page.key), index, message: clean(message) };
    // Places in a list are no fields of their own.
    const at = field === undefined ? {} : { field: clean(field).replaceAll(/\d+/g, '*') };
    return { reason, ...at, count: 1, first: example, last: example };
  });
  return mergeRejectGroups([], groups);
}

/** Both lists as one; `later` has the last examples. */
export function mergeRejectGroups(earlier: readonly RejectGroup[], later: readonly RejectGroup[]): RejectGroup[] {
  const groups = new Map(earlier.map((group) => [nameOf(group), group]));
  for (const group of later) {
    const name = nameOf(group);
    const known = groups.get(name) ?? (groups.size < mostGroups ? undefined : [...groups.values()].at(-1));
    if (known === undefined) groups.set(name, group);
    else groups.set(nameOf(known), { ...known, count: known.count + group.count, last: group.last });
  }
  return [...groups.values()];
}

/** The groups without those items. */
export function subtractRejectGroups(groups: readonly RejectGroup[], items: readonly RejectGroup[]): RejectGroup[] {
  const counts = new Map(items.map((group) => [nameOf(group), group.count]));
  return groups
    .map((group) => ({ ...group, count: group.count - (counts.get(nameOf(group)) ?? 0) }))
    .filter(({ count }) => count > 0);
}

function nameOf({ reason, field = '' }: RejectGroup): string {
  return `${reason} ${field}`;
}
