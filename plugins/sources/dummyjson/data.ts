import { createDice, type Dice } from '../../../core/plugin.ts';

type Words = readonly [string, ...string[]];

interface Category {
  readonly slug: string;
  readonly items: number;
  readonly things: Words;
  /** Left out where the real API names no brand either. */
  readonly brands?: Words;
  /** Whole units; the cents come on top. */
  readonly price: readonly [min: number, max: number];
}

/** 194 items, 92 of them without a brand. */
const categories: readonly Category[] = [
  {
    slug: 'skin-care',
    items: 18,
    things: ['Balm', 'Lotion', 'Serum', 'Tonic'],
    brands: ['Lumera', 'Ostara'],
    price: [4, 60],
  },
  {
    slug: 'perfumes',
    items: 16,
    things: ['Cologne', 'Eau de Toilette', 'Mist'],
    brands: ['Maison Verrin', 'Ostara'],
    price: [29, 180],
  },
  { slug: 'pantry', items: 27, things: ['Oat Bar', 'Olive Oil', 'Honey', 'Rye Crackers', 'Green Tea'], price: [1, 12] },
  {
    slug: 'living-room',
    items: 20,
    things: ['Armchair', 'Bookcase', 'Side Table'],
    brands: ['Nordvik', 'Halden & Sons'],
    price: [89, 2400],
  },
  {
    slug: 'kitchen-tools',
    items: 30,
    things: ['Whisk', 'Ladle', 'Chopping Board', 'Sieve', 'Rolling Pin'],
    price: [2, 49],
  },
  {
    slug: 'phones',
    items: 14,
    things: ['Phone', 'Phone Mini', 'Phone Max'],
    brands: ['Veltro', 'Kanso'],
    price: [149, 1399],
  },
  {
    slug: 'laptops',
    items: 18,
    things: ['Notebook', 'Ultrabook', 'Workstation'],
    brands: ['Veltro', 'Arcwell'],
    price: [499, 2999],
  },
  { slug: 'womens-coats', items: 20, things: ['Parka', 'Trench Coat', 'Cape'], price: [39, 320] },
  { slug: 'jewellery-boxes', items: 15, things: ['Ring Box', 'Watch Stand', 'Trinket Tray'], price: [9, 90] },
  {
    slug: 'motorcycles',
    items: 16,
    things: ['Scooter', 'Tourer', 'Scrambler'],
    brands: ['Rivella', 'Arcwell'],
    price: [1900, 16000],
  },
];

const qualities: Words = [
  'Amber',
  'Classic',
  'Compact',
  'Everyday',
  'Golden',
  'Heritage',
  'Ivory',
  'Midnight',
  'Pure',
  'Rustic',
  'Silver',
  'Soft',
  'Twin',
  'Urban',
  'Velvet',
  'Wild',
];
const cents: readonly [number, ...number[]] = [0.99, 0.49, 0.95, 0.29, 0];
const warranties: Words = [
  'No warranty',
  '1 month warranty',
  '6 months warranty',
  '2 year warranty',
  'Lifetime warranty',
];
const shippings: Words = ['Ships overnight', 'Ships in 1-2 business days', 'Ships in 1 week', 'Ships in 1 month'];
const returnPolicies: Words = [
  'No return policy',
  '7 days return policy',
  '30 days return policy',
  '90 days return policy',
];
const reviewers: Words = ['Ada Brandt', 'Bruno Salas', 'Chiara Novak', 'Dmitri Ferro', 'Elif Aydin', 'Femi Okoye'];
const comments: Words = [
  'Very satisfied!',
  'Would buy again!',
  'Great value!',
  'Not as described!',
  'Poor quality!',
  'Arrived late!',
];
const date = '2026-02-14T09:30:00.000Z';
const host = 'https://cdn.dummyjson.com';

/** The products of the embedded dummyjson: always the same. One title occurs twice, as in the real data (ids 96 and 191). */
export function generateProducts() {
  const dice = createDice('dummyjson');
  const titles = new Set<string>();
  const products = categories.flatMap((category) =>
    Array.from({ length: category.items }, () => generateProduct(dice, category, titles)),
  );
  const [twin, other] = [products[95], products[190]];
  if (twin !== undefined && other !== undefined) other.title = twin.title;
  return products;
}

function generateProduct(dice: Dice, { slug, things, brands, price }: Category, titles: Set<string>) {
  const title = unusedTitle(dice, things, titles);
  const id = titles.size;
  const brand = brands && dice.pick(brands);
  const stock = dice.int(0, 99);
  const path = `${host}/product-images/${slug}/${title.toLowerCase().replaceAll(' ', '-')}`;
  return {
    id,
    title,
    description: `The ${title} is made for daily use. It belongs to our ${slug.replaceAll('-', ' ')} and keeps its promise.`,
    category: slug,
    price: hundredths(dice.int(...price) + dice.pick(cents)),
    discountPercentage: hundredths(dice.roll() * 20),
    rating: hundredths(2.5 + dice.roll() * 2.5),
    stock,
    tags: [slug, ...title.toLowerCase().split(' ')].slice(0, dice.int(1, 3)),
    ...(brand !== undefined && { brand }),
    sku:
      [slug, brand ?? 'BRD', title].map((text) => text.slice(0, 3).toUpperCase()).join('-') +
      `-${String(id).padStart(3, '0')}`,
    weight: dice.int(1, 10),
    dimensions: { width: length(dice), height: length(dice), depth: length(dice) },
    warrantyInformation: dice.pick(warranties),
    shippingInformation: dice.pick(shippings),
    availabilityStatus: stock === 0 ? 'Out of Stock' : stock < 10 ? 'Low Stock' : 'In Stock',
    reviews: [review(dice), review(dice), review(dice)],
    returnPolicy: dice.pick(returnPolicies),
    minimumOrderQuantity: dice.int(1, 50),
    meta: {
      createdAt: date,
      updatedAt: date,
      barcode: String(dice.int(1e12, 9e12)),
      qrCode: `${host}/public/qr-code.png`,
    },
    images: Array.from({ length: dice.int(1, 4) }, (_, index) => `${path}/${index + 1}.webp`),
    thumbnail: `${path}/thumbnail.webp`,
  };
}

function unusedTitle(dice: Dice, things: Words, titles: Set<string>): string {
  for (;;) {
    const title = `${dice.pick(qualities)} ${dice.pick(things)}`;
    if (!titles.has(title)) {
      titles.add(title);
      return title;
    }
  }
}

function review(dice: Dice) {
  const reviewerName = dice.pick(reviewers);
  const reviewerEmail = `${reviewerName.toLowerCase().replace(' ', '.')}@x.dummyjson.com`;
  return { rating: dice.int(1, 5), comment: dice.pick(comments), date, reviewerName, reviewerEmail };
}

function length(dice: Dice): number {
  return hundredths(5 + dice.roll() * 25);
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
