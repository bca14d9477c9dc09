import { createDice, type Dice } from '../../core/index.ts';

/** When a life is to be killed, `ms` after something happens. */
export type KillMoment =
  /** Its process is started: it loads, takes the lock, reads the journal, opens the sinks. */
  | { readonly after: 'start'; readonly ms: number }
  /** This share of the pages that the run needs was asked for, over all its lives; 1 is the end of the run. */
  | { readonly after: 'pages'; readonly share: number; readonly ms: number }
  /** That share was asked for, and a commit writes to an output: kills between the commits of the two. */
  | { readonly after: 'commit'; readonly share: number; readonly ms: number }
  /** The first output of the run appears under its final name. */
  | { readonly after: 'publish'; readonly ms: number };

/** Longest delay of each kind, in milliseconds: about as long as what it is to hit may take. */
const longestMs = { start: 400, pages: 250, commit: 6, end: 120, publish: 4 };

/**
 * Draws `kills` moments from a seed, in the order in which a run comes to them: two in
 * five anywhere in the work, and a fifth each in a commit, in the start of a life, and at the end: in the last commits,
 * and in the renaming of the outputs.
 */
export function drawKillMoments(kills: number, seed: number): readonly KillMoment[] {
  const dice = createDice(`kills ${seed}`);
  return Array.from({ length: kills }, () => draw(dice))
    .toSorted((a, b) => a.place - b.place)
    .map(({ moment }) => moment);
}

/** `place` is how far the run should have got: above 1 for what comes after the last page. */
function draw(dice: Dice): { readonly place: number; readonly moment: KillMoment } {
  const kind = dice.roll();
  const share = dice.roll();
  const ms = (longest: number): number => Math.round(dice.roll() * longest);
  if (kind < 0.4) return { place: share, moment: { after: 'pages', share, ms: ms(longestMs.pages) } };
  if (kind < 0.6) return { place: share, moment: { after: 'commit', share, ms: ms(longestMs.commit) } };
  if (kind < 0.8) return { place: share, moment: { after: 'start', ms: ms(longestMs.start) } };
  if (kind < 0.9) return { place: 1 + share, moment: { after: 'pages', share: 1, ms: ms(longestMs.end) } };
  return { place: 1 + share, moment: { after: 'publish', ms: ms(longestMs.publish) } };
}
