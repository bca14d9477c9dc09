import type { HashSet } from '../contracts/journal.ts';

/** Parts of a large set, by the top bits of a hash: only one is copied at a time when the set grows. */
const shards = 64;

/** Hashes above which a set is large. A smaller one is a single table: each costs some 200 bytes beside its slots. */
const mostInOne = 4096;

/** Slots of a set that has just been made. */
const firstCapacity = 16;

/** Share of the slots in use at which a shard grows, and by how much: 10.7 to 14.9 bytes for each hash. */
const maxLoad = 0.75;
const growth = 1.4;

/** A set of 64-bit hashes in at most 16 bytes each, however many: a `Set` of bigints takes about 60. */
export interface IdSet extends HashSet {
  /** Bytes of memory in use. */
  readonly bytes: number;
}

/**
 * One part: pairs of 32-bit halves in open addressing; two zeros are a free slot. The halves have a sign: without one, every
 * second of them would be too large for V8's small integers, and an object in each call.
 */
interface Shard {
  slots: Int32Array;
  capacity: number;
  used: number;
}

// Read the halves of a bigint without making new ones.
const whole = new BigUint64Array(1);
const halves = new Int32Array(whole.buffer);

/** An empty set. It costs less than a KB for the first tens of hashes, and never needs twice its memory to grow. */
export function createIdSet(): IdSet {
  return new ShardedSet();
}

/** A class, as a source has three: an object literal with accessors is a table of its own, of half a KB. */
class ShardedSet implements IdSet {
  #tables: (Shard | undefined)[] = [undefined];
  /** Bits that are shifted out of the upper 31 of a hash to find its table: all of them, as long as there is one. */
  #shift = 31;
  #capacityOfNew = firstCapacity;
  #zero = false;
  #size = 0;

  add(hash: bigint): boolean {
    whole[0] = hash;
    return this.#addHalves(halves[0] ?? 0, halves[1] ?? 0);
  }

  has(hash: bigint): boolean {
    whole[0] = hash;
    const a = halves[0] ?? 0;
    const b = halves[1] ?? 0;
    if (a === 0 && b === 0) return this.#zero;
    const shard = this.#tables[(b >>> 1) >>> this.#shift];
    if (shard === undefined) return false;
    const slot = find(shard, a, b);
    return shard.slots[slot] === a && shard.slots[slot + 1] === b;
  }

  addNew(hashes: BigUint64Array): boolean {
    // Never as bigints: each would be an object, for every record of a run.
    const pairs = new Int32Array(hashes.buffer, hashes.byteOffset, hashes.length * 2);
    for (let at = 0; at < pairs.length; at += 2) {
      if (this.#addHalves(pairs[at] ?? 0, pairs[at + 1] ?? 0)) continue;
      // Few pages hold a duplicate: taking back what was put in costs less than looking for all of them first.
      for (let back = at - 2; back >= 0; back -= 2) this.#removeHalves(pairs[back] ?? 0, pairs[back + 1] ?? 0);
      return false;
    }
    return true;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#tables.reduce((sum, shard) => sum + (shard?.slots.byteLength ?? 0), 0);
  }

  #addHalves(a: number, b: number): boolean {
    const isZero = a === 0 && b === 0;
    if (isZero ? this.#zero : !this.#put(a, b)) return false;
    this.#zero ||= isZero;
    this.#size++;
    return true;
  }

  #removeHalves(a: number, b: number): void {
    this.#size--;
    if (a === 0 && b === 0) {
      this.#zero = false;
      return;
    }
    const shard = this.#tables[(b >>> 1) >>> this.#shift];
    if (shard !== undefined) takeOut(shard, a, b);
  }

  /** Puts a hash that is not zero into its table; false where it stands there already. */
  #put(a: number, b: number): boolean {
    const index = (b >>> 1) >>> this.#shift;
    let shard = this.#tables[index];
    if (shard === undefined) this.#tables[index] = shard = createShard(this.#capacityOfNew);
    const slot = find(shard, a, b);
    if (shard.slots[slot] !== 0 || shard.slots[slot + 1] !== 0) return false;
    shard.slots[slot] = a;
    shard.slots[slot + 1] = b;
    shard.used++;
    if (this.#tables.length === 1 && shard.used > mostInOne) this.#split(shard);
    else if (shard.used > shard.capacity * maxLoad) this.#tables[index] = grown(shard);
    return true;
  }

  /** Makes the tables of a large set out of the one that there was. */
  #split({ slots, capacity }: Shard): void {
    this.#tables = Array.from({ length: shards });
    this.#shift -= Math.log2(shards);
    this.#capacityOfNew = Math.ceil(capacity / shards);
    for (let slot = 0; slot < slots.length; slot += 2) {
      const a = slots[slot] ?? 0;
      const b = slots[slot + 1] ?? 0;
      if (a !== 0 || b !== 0) this.#put(a, b);
    }
  }
}

function createShard(capacity: number): Shard {
  return { slots: new Int32Array(capacity * 2), capacity, used: 0 };
}

/** Where the search for a hash begins: multiplying spreads 32 bits over any capacity (Lemire, fast range). */
function homeOf(a: number, capacity: number): number {
  // The product is below 2^53.
  return Math.floor(((a >>> 0) * capacity) / 2 ** 32) * 2;
}

/** Where a hash stands or would stand: linear probing from a place that its lower half sets. */
function find({ slots, capacity }: Shard, a: number, b: number): number {
  let slot = homeOf(a, capacity);
  while (!(slots[slot] === a && slots[slot + 1] === b) && !(slots[slot] === 0 && slots[slot + 1] === 0)) {
    slot += 2;
    if (slot === slots.length) slot = 0;
  }
  return slot;
}

/** Takes out a hash that is there; those behind it move up, so that no search ends before its goal (Knuth, 6.4, R). */
function takeOut(shard: Shard, a: number, b: number): void {
  const { slots, capacity } = shard;
  shard.used--;
  let free = find(shard, a, b);
  for (let slot = (free + 2) % slots.length; ; slot = (slot + 2) % slots.length) {
    const [low, high] = [slots[slot] ?? 0, slots[slot + 1] ?? 0];
    if (low === 0 && high === 0) break;
    const home = homeOf(low, capacity);
    // Its home lies between the gap and it, round the end of the table: it is found without passing the gap.
    if (free <= slot ? free < home && home <= slot : free < home || home <= slot) continue;
    slots[free] = low;
    slots[free + 1] = high;
    free = slot;
  }
  slots[free] = 0;
  slots[free + 1] = 0;
}

function grown({ slots, capacity, used }: Shard): Shard {
  const larger = createShard(Math.ceil(capacity * growth));
  for (let slot = 0; slot < slots.length; slot += 2) {
    const a = slots[slot] ?? 0;
    const b = slots[slot + 1] ?? 0;
    if (a === 0 && b === 0) continue;
    const place = find(larger, a, b);
    larger.slots[place] = a;
    larger.slots[place + 1] = b;
  }
  larger.used = used;
  return larger;
}
