import type { Normalized, NormalizeFunction } from '../contracts/normalizer.ts';
import type { ProductFields } from '../contracts/product.ts';

/** The fields of an item whose values fit a field of the model. */
type FittingKey<Raw, Value> = { [Key in keyof Raw & string]-?: Raw[Key] extends Value ? Key : never }[keyof Raw &
  string];

/** For each field of the model where its value comes from: the name of a field of the item, or a function of the item. */
export type FieldMap<Raw, Fields extends object> = {
  readonly [Field in keyof Normalized<Fields>]:
    | FittingKey<Raw, Normalized<Fields>[Field]>
    | ((item: Raw) => Normalized<Fields>[Field]);
};

/** The fields that are called the same in the item and in the model, and fit. */
type AlikeKey<Raw, Fields extends object> = {
  [Key in keyof Raw & keyof Normalized<Fields> & string]-?: Raw[Key] extends Normalized<Fields>[Key] ? Key : never;
}[keyof Raw & keyof Normalized<Fields> & string];

/** Takes the table of the fields, or the names that are alike on both sides and the table of all others. */
export interface FieldMapper<Raw, Fields extends object> {
  (map: FieldMap<Raw, Fields>): NormalizeFunction<Raw, Normalized<Fields>>;
  <const Alike extends AlikeKey<Raw, Fields>>(
    alike: readonly Alike[],
    map: Omit<FieldMap<Raw, Fields>, Alike>,
  ): NormalizeFunction<Raw, Normalized<Fields>>;
}

/**
 * Makes a normalizer of a table: `mapFields<Raw>()({ id: 'sku', title: 'name', price: (item) => item.cents / 100 })`, or
 * `mapFields<Raw>()(['id', 'price'], { title: 'name' })`. A name that the item does not have, or whose value does not fit
 * the field, does not compile. What is missing when it runs is left out, and is the model's to judge. `Fields` is what
 * the model takes; default: that of a product.
 */
export function mapFields<Raw, Fields extends object = ProductFields>(): FieldMapper<Raw, Fields>;
/** The same where the type of the items is known from around it: beside `raw`, in `defineSource`. */
export function mapFields<Raw, Fields extends object = ProductFields>(
  map: FieldMap<Raw, Fields>,
): NormalizeFunction<Raw, Normalized<Fields>>;
export function mapFields(map?: AnyMap): unknown {
  return map === undefined ? mapper : mapper(map);
}

type RawItem = Readonly<Record<string, unknown>>;
type AnyMap = Readonly<Record<string, string | ((item: never) => unknown)>>;

function mapper(alike: readonly string[] | AnyMap, others: AnyMap = {}): NormalizeFunction<RawItem, object> {
  const map: AnyMap = isList(alike) ? { ...Object.fromEntries(alike.map((name) => [name, name])), ...others } : alike;
  const fields = Object.keys(map);
  const from = Object.values(map);
  return (item) => {
    const made: Record<string, unknown> = {};
    for (let index = 0; index < fields.length; index++) {
      const place = from[index];
      const value = typeof place === 'function' ? place(item as never) : item[place ?? ''];
      made[fields[index] ?? ''] = value;
    }
    return made;
  };
}

function isList(alike: readonly string[] | AnyMap): alike is readonly string[] {
  return Array.isArray(alike);
}
