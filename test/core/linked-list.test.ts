import { describe, expect, it } from 'vitest';
import { createLinkedList } from '../../core/linked-list.ts';

const valuesOf = <T>(list: { entries(): { value: T }[] }): T[] => list.entries().map(({ value }) => value);

describe('a linked list', () => {
  it('keeps the order in which values came, whichever go', () => {
    const list = createLinkedList<number>();
    const [a, b, c, d] = [1, 2, 3, 4].map((value) => list.add(value));
    for (const entry of [b, d, a]) if (entry !== undefined) list.remove(entry);
    list.add(5);
    expect(valuesOf(list)).toEqual([3, 5]);
    if (c !== undefined) list.remove(c);
    expect(valuesOf(list)).toEqual([5]);
    expect(list.isEmpty).toBe(false);
  });

  it('removes an entry once, and leads from a removed one to no other', () => {
    const list = createLinkedList<number>();
    const first = list.add(1);
    const second = list.add(2);
    list.remove(first);
    list.remove(first);
    expect(first).toMatchObject({ listed: false, previous: undefined, next: undefined });
    list.remove(second);
    expect(list.isEmpty).toBe(true);
    expect(valuesOf(list)).toEqual([]);
  });
});
