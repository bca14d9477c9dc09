import { createDice } from '../../../core/plugin.ts';

type Words = readonly [string, ...string[]];

const timestamps = { creationAt: '2026-03-02T06:00:00.000Z', updatedAt: '2026-03-02T06:00:00.000Z' };
const qualities: Words = [
  'Bold',
  'Breezy',
  'Bright',
  'Calm',
  'Crisp',
  'Dapper',
  'Faded',
  'Gentle',
  'Lively',
  'Modern',
  'Noble',
  'Plain',
  'Quiet',
  'Sleek',
  'Sturdy',
  'Vivid',
];
const colours: Words = ['Black', 'Blue', 'Cream', 'Crimson', 'Green', 'Grey', 'Mustard', 'Navy', 'Olive', 'White'];

const things: Readonly<Record<string, Words>> = {
  Clothes: ['Hoodie', 'T-Shirt', 'Joggers', 'Cap', 'Shorts'],
  Electronics: ['Headphones', 'Toaster', 'Mouse', 'Game Controller', 'Speaker'],
  Furniture: ['Sofa', 'Dining Table', 'Office Chair', 'Stool'],
  Shoes: ['Sneakers', 'Loafers', 'Sandals', 'Boots'],
  Miscellaneous: ['Suitcase', 'Perfume', 'Sunglasses', 'Notebook', 'Glass Tumbler'],
};

/** The products of the embedded escuelajs, 40 in each of five categories: always the same. */
export function generateProducts() {
  const dice = createDice('escuelajs');
  const image = (): string => `https://i.imgur.com/${dice.int(36 ** 6, 36 ** 7 - 1).toString(36)}.jpeg`;
  const titles = new Set<string>();
  return Object.entries(things).flatMap(([name, nouns], index) => {
    const category = { id: index + 1, name, slug: slugOf(name), image: image(), ...timestamps };
    return Array.from({ length: 40 }, () => {
      let title: string;
      do title = `${dice.pick(qualities)} ${dice.pick(colours)} ${dice.pick(nouns)}`;
      while (titles.has(title));
      titles.add(title);
      return {
        id: titles.size,
        title,
        slug: slugOf(title),
        price: dice.int(10, 99),
        description: `Meet the ${title}: comfortable, built to last, and at home anywhere. A fine addition to any collection.`,
        category,
        images: Array.from({ length: dice.roll() < 0.06 ? 2 : 3 }, image),
        ...timestamps,
      };
    });
  });
}

function slugOf(text: string): string {
  return text.toLowerCase().replaceAll(' ', '-');
}
