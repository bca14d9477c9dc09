import { createDice, type Dice } from '../../../core/plugin.ts';

type Words = readonly [string, ...string[]];

const words: Words = [
  'ager',
  'amicus',
  'aqua',
  'arbor',
  'auris',
  'bonus',
  'caelum',
  'campus',
  'canis',
  'dies',
  'domus',
  'equus',
  'ferrum',
  'flamma',
  'folium',
  'fons',
  'gratia',
  'herba',
  'hora',
  'ignis',
  'iter',
  'lapis',
  'liber',
  'lumen',
  'luna',
  'magnus',
  'mare',
  'mensa',
  'mons',
  'murus',
  'navis',
  'nox',
  'nubes',
  'oculus',
  'panis',
  'pater',
  'pons',
  'porta',
  'radix',
  'ripa',
  'rosa',
  'saxum',
  'silva',
  'sol',
  'stella',
  'terra',
  'umbra',
  'unda',
  'urbs',
  'ventus',
  'verbum',
  'via',
  'vita',
  'vox',
];

/** The posts of the embedded jsonplaceholder, ten of each user: always the same. */
export function generatePosts() {
  const dice = createDice('jsonplaceholder');
  return Array.from({ length: 100 }, (_, index) => ({
    userId: Math.floor(index / 10) + 1,
    id: index + 1,
    title: sentence(dice, dice.int(2, 10)),
    body: Array.from({ length: 4 }, () => sentence(dice, dice.int(4, 8))).join('\n'),
  }));
}

function sentence(dice: Dice, length: number): string {
  return Array.from({ length }, () => dice.pick(words)).join(' ');
}
