/** Chance that repeats: two dice of one seed give the same values in the same order. */
export interface Dice {
  /** A number in [0, 1). */
  roll(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** One of a list that is never empty. */
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** Seeded chance for embedded upstreams and their data (FNV-1a over the seed, then mulberry32). Not for secrets. */
export function createDice(seed: number | string): Dice {
  let state = 0x811c9dc5;
  for (const character of String(seed)) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);

  const roll = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number): number => min + Math.floor(roll() * (max - min + 1));
  return { roll, int, pick: (list) => list[int(0, list.length - 1)] ?? list[0] };
}
