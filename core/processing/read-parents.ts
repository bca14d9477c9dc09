import type { ChildOf, ChildResource } from '../contracts/child.ts';
import type { JsonObject } from '../contracts/json.ts';
import { isObject, kindOf } from '../unknown.ts';
import { messageOf } from './message-of.ts';
import type { ItemFault } from './reject.ts';

/** Characters that the fields of one parent may have as JSON: they stand in the journal with each of its requests. */
const maxParentLength = 16 * 1024;

/** The dependent listings of an item, or what is wrong with what it says of them. */
export function readParents(item: unknown, children: readonly ChildResource[]): readonly ChildOf[] | ItemFault {
  const found: ChildOf[] = [];
  for (const child of children) {
    const fault = (what: string): ItemFault => ({
      reason: 'normalizer_failed',
      message: `parent() of ${child.name} ${what}`,
    });
    let parent: unknown;
    try {
      parent = child.parent(item as never);
      if (parent === undefined) continue;
      if (!isObject(parent)) return fault(`returns an object or undefined, not ${kindOf(parent)}`);
      const json = JSON.stringify(parent);
      if (json.length > maxParentLength) return fault(`returns ${json.length} characters, of 16 KiB allowed`);
      // Through JSON: what it was made of must not matter, and it has to cross to the main thread.
      found.push({ name: child.name, parent: JSON.parse(json) as JsonObject });
    } catch (error) {
      return fault(`failed: ${messageOf(error)}`);
    }
  }
  return found;
}
