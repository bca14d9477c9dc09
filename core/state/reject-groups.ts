import type { Reject } from '../contracts/batch.ts';
import type { RejectGroup } from '../contracts/journal.ts';
import { errorPattern, fieldPattern } from '../report/error-pattern.ts';

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
    const at = field === undefined ? {} : { field: clean(field) };
    return { reason, ...at, count: 1, first: example, last: example };
  });
  return mergeRejectGroups([], groups);
}

/** Both lists as one; `later` has the last examples. */
export function mergeRejectGroups(earlier: readonly RejectGroup[], later: readonly RejectGroup[]): RejectGroup[] {
  const groups = new Map(earlier.map((group) => [nameOf(group), group]));
  for (const group of later) {
    const known = groupOf(groups, nameOf(group));
    if (known === undefined) groups.set(nameOf(group), group);
    else groups.set(nameOf(known), { ...known, count: known.count + group.count, last: group.last });
  }
  return [...groups.values()];
}

/** The groups without those items. */
export function subtractRejectGroups(groups: readonly RejectGroup[], items: readonly RejectGroup[]): RejectGroup[] {
  const left = new Map(groups.map((group) => [nameOf(group), group]));
  for (const item of items) {
    const known = groupOf(left, nameOf(item));
    if (known !== undefined) left.set(nameOf(known), { ...known, count: known.count - item.count });
  }
  return [...left.values()].filter(({ count }) => count > 0);
}

/** The group in which rejects of this name are counted; undefined where they have one of their own coming. */
function groupOf(groups: ReadonlyMap<string, RejectGroup>, name: string): RejectGroup | undefined {
  return groups.get(name) ?? (groups.size < mostGroups ? undefined : [...groups.values()].at(-1));
}

/** Each is compared with every page that has rejects. */
const names = new WeakMap<RejectGroup, string>();

/** What rejects have in common that make one entry of the report: a run that was taken up has the same ones. */
function nameOf(group: RejectGroup): string {
  const known = names.get(group);
  if (known !== undefined) return known;
  const { reason, field = '', first } = group;
  const name = [reason, fieldPattern(field), errorPattern(first.message)].join('\n');
  names.set(group, name);
  return name;
}
