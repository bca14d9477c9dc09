/** An entry of a list; to be handed back to `remove`. */
export interface ListEntry<T> {
  readonly value: T;
  previous: ListEntry<T> | undefined;
  next: ListEntry<T> | undefined;
  listed: boolean;
}

/**
 * Values that come and go with every request, in the order in which they came. Not a `Set`: whenever one of those makes
 * room, its old table stays linked to the new one with all that was in it, and what has once been promoted to the old
 * generation keeps alive, until the next full collection, whatever passed through since.
 */
export interface LinkedList<T> {
  add(value: T): ListEntry<T>;
  /** No effect for an entry that is no longer in the list. */
  remove(entry: ListEntry<T>): void;
  readonly isEmpty: boolean;
  /** The entries as of now; one that is removed while they are walked through is no longer `listed`. */
  entries(): ListEntry<T>[];
}

/** An empty list. */
export function createLinkedList<T>(): LinkedList<T> {
  return new List();
}

/** A class, as a source has several: an object literal with an accessor is a table of its own, of half a KB. */
class List<T> implements LinkedList<T> {
  #first: ListEntry<T> | undefined;
  #last: ListEntry<T> | undefined;

  add(value: T): ListEntry<T> {
    const entry: ListEntry<T> = { value, previous: this.#last, next: undefined, listed: true };
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    return entry;
  }

  remove(entry: ListEntry<T>): void {
    if (!entry.listed) return;
    entry.listed = false;
    const { previous, next } = entry;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // A dead entry must not lead to living ones, nor to the other dead: see above.
    entry.previous = undefined;
    entry.next = undefined;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  entries(): ListEntry<T>[] {
    const all: ListEntry<T>[] = [];
    for (let entry = this.#first; entry !== undefined; entry = entry.next) all.push(entry);
    return all;
  }
}
