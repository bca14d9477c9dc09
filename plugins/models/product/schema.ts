import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { Product, ProductFields, RecordHead } from '../../../core/plugin.ts';

/** A product without the head that the framework puts around it. */
export type ProductValues = Omit<Product, keyof RecordHead>;

/** All fields, in the order in which they are written. */
export const fields = [
  'title',
  'price',
  'currency',
  'category',
  'brand',
  'rating',
  'description',
  'image',
  'url',
] as const satisfies readonly (keyof ProductValues)[];

/** Fields that a source need not know. */
export const optional: readonly string[] = fields.filter((field) => field !== 'title');

/** Numbers of this magnitude or more can't be added up to the millionth. */
const numberLimit = 1e15;

/** Anything but a plain decimal number is refused: `1,99`, `$5` and `1e3` each leave something to guess. */
const plainDecimal = /^-?\d+(?:\.\d+)?$/;

/**
 * The product's schema, written by hand: it runs for every record of a run. Shapes nothing but numbers that
 * come as text; what does not fit is an issue, never a guess. Reports the first issue only.
 */
export const schema: StandardSchemaV1<ProductFields, ProductValues> & StandardJSONSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'sluice',
    validate,
    jsonSchema: { input: () => described(['number', 'string', 'null']), output: () => described(['number', 'null']) },
  },
};

/** As JSON Schema, whose drafts are all alike in what is said here; `number` is what stands for one. */
function described(number: readonly string[]): Record<string, unknown> {
  const typeOf = (field: string): unknown =>
    field === 'title' ? 'string' : field === 'price' || field === 'rating' ? number : ['string', 'null'];
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field, { type: typeOf(field) }])),
    required: ['title'],
  };
}

function validate(input: unknown): StandardSchemaV1.Result<ProductValues> {
  if (typeof input !== 'object' || input === null) return issue('expected an object');
  const given = input as Readonly<Record<keyof ProductValues, unknown>>;
  const { title } = given;
  if (title === undefined || title === null) return issue('there is no title', 'title');
  if (typeof title !== 'string') return issue(`expected text, found ${typeof title}`, 'title');
  if (title.trim() === '') return issue('the title is blank', 'title');
  const price = readNumber(given.price);
  if (price === undefined) return noNumber(given.price, 'price');
  const rating = readNumber(given.rating);
  if (rating === undefined) return noNumber(given.rating, 'rating');
  const currency = readText(given.currency);
  if (currency === undefined) return notText(given, 'currency');
  const category = readText(given.category);
  if (category === undefined) return notText(given, 'category');
  const brand = readText(given.brand);
  if (brand === undefined) return notText(given, 'brand');
  const description = readText(given.description);
  if (description === undefined) return notText(given, 'description');
  const image = readText(given.image);
  if (image === undefined) return notText(given, 'image');
  const url = readText(given.url);
  if (url === undefined) return notText(given, 'url');
  return { value: { title, price, currency, category, brand, rating, description, image, url } };
}

/** The number, null where none is given, undefined where it can't be read. */
function readNumber(value: unknown): number | null | undefined {
  if (value === undefined || value === null) return null;
  const number = typeof value === 'string' && plainDecimal.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) < numberLimit ? number : undefined;
}

/** The text, null where none is given, undefined where it is something else. */
function readText(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : undefined;
}

function noNumber(value: unknown, field: keyof ProductValues): StandardSchemaV1.FailureResult {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && plainDecimal.test(value.trim()));
  const problem = isNumber ? 'beyond 10^15, where amounts are not exact' : 'not a plain decimal number';
  return issue(`${problem}: ${show(value)}`, field);
}

function notText(given: Readonly<Record<string, unknown>>, field: keyof ProductValues): StandardSchemaV1.FailureResult {
  return issue(`expected text or null, found ${typeof given[field]}`, field);
}

function issue(message: string, field?: keyof ProductValues): StandardSchemaV1.FailureResult {
  return { issues: [field === undefined ? { message } : { message, path: [field] }] };
}

function show(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 80))
    : typeof value === 'number'
      ? `${value}`
      : typeof value;
}
