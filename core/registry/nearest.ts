import { distance } from 'fastest-levenshtein';

/** The name that somebody most likely meant; undefined where none is within a third of its length. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const edits = distance(word.toLowerCase(), name.toLowerCase());
    if (edits < least && edits <= Math.max(1, Math.floor(Math.max(word.length, name.length) / 3))) {
      best = name;
      least = edits;
    }
  }
  return best;
}
