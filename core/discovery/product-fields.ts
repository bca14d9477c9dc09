import { isObject } from '../unknown.ts';
import { access } from './item-type.ts';
import { plainKey } from './walk-body.ts';

/** Fields of a product, and what APIs call them, the likeliest first. */
const names: Readonly<Record<string, readonly string[]>> = {
  title: [
    'title',
    'name',
    'label',
    'fullname',
    'displayname',
    'productname',
    'subject',
    'headline',
    'username',
    'email',
  ],
  price: ['price', 'unitprice', 'amount', 'cost'],
  currency: ['currency', 'currencycode'],
  category: ['category', 'categoryname', 'type', 'genre', 'department'],
  brand: ['brand', 'vendor', 'manufacturer'],
  rating: ['rating', 'stars', 'score'],
  description: ['description', 'body', 'summary', 'abstract', 'content'],
  image: ['image', 'thumbnail', 'imageurl', 'avatar', 'picture', 'photo', 'images'],
  url: ['url', 'htmlurl', 'link', 'permalink', 'href', 'website'],
};

const numeric: ReadonlySet<string> = new Set(['price', 'rating']);

/** For each field of a product that the items seem to have, the code that reads it off `item`. */
export function productFields(things: readonly unknown[]): ReadonlyMap<string, string> {
  const keys = [...new Set(things.filter(isObject).flatMap((thing) => Object.keys(thing)))];
  const found = new Map<string, string>();
  for (const [field, usual] of Object.entries(names)) {
    const ranked = usual.flatMap((name) => keys.filter((key) => plainKey(key) === name));
    const fitting = ranked.map((key) => codeFor(field, key, things)).find((code) => code !== undefined);
    if (fitting !== undefined) found.set(field, fitting);
  }
  return found;
}

/** Undefined where the values are of no use for that field. */
function codeFor(field: string, key: string, things: readonly unknown[]): string | undefined {
  const values = things
    .map((thing) => (isObject(thing) ? thing[key] : undefined))
    .filter((value) => value !== undefined && value !== null);
  const place = access('item', [key]);
  if (values.length === 0) return undefined;
  if (numeric.has(field)) return values.every(isNumeric) ? place : undefined;
  // A record without title is rejected: what some items lack is no title.
  if (field === 'title' && values.length < things.length) return undefined;
  if (values.every((value) => typeof value === 'string')) return place;
  // What is there in all that came may be missing, or another thing, in the next one.
  if (field === 'category' && values.every(isObject)) {
    const inner = ['name', 'title', 'slug'].find((name) => values.every((value) => typeof value[name] === 'string'));
    return inner === undefined ? undefined : `${place}?.${inner}`;
  }
  const lists = values.every((value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'));
  return field === 'image' && lists ? `${place}?.[0]` : undefined;
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value));
}
