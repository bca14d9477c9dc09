import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { chain, defineNormalizer, defineSource, drop, mapFields, offsetPagination } from '../../../core/plugin.ts';
import type { ProductFields, SourcePlugin } from '../../../core/plugin.ts';

const common = {
  name: 'shop',
  baseUrl: 'https://shop.test',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: offsetPagination({ path: '/', limit: 20 }),
};
const raw = z.object({ sku: z.number(), name: z.string(), cents: z.number().optional() });
type Raw = z.infer<typeof raw>;

// What is checked here is checked by the compiler: `npm run typecheck`.
describe('types flow', () => {
  it('from the raw schema to the normalizer, as a function, as an object, as a chain and as a table', () => {
    const sources: SourcePlugin[] = [
      defineSource({
        ...common,
        raw,
        items: (body) => body['items'],
        normalizer: (item) => {
          expectTypeOf(item).toEqualTypeOf<Raw>();
          return { id: item.sku, title: item.name };
        },
      }),
      defineSource({ ...common, raw, normalizer: { normalize: ({ sku, name }) => ({ id: sku, title: name }) } }),
      defineSource({
        ...common,
        raw,
        normalizer: chain(
          (item: Raw) => (item.cents === undefined ? drop('no price') : [item, { ...item, sku: -item.sku }]),
          (item) => {
            expectTypeOf(item.name).toEqualTypeOf<string>();
            return { id: item.sku, title: item.name };
          },
        ),
      }),
      defineSource({
        ...common,
        raw,
        normalizer: mapFields({ id: 'sku', title: 'name', price: ({ cents = 0 }) => cents / 100 }),
      }),
    ];
    expect(sources).toHaveLength(4);
  });

  it('not from a schema to a normalizer of other items', () => {
    const sources: object[] = [
      // @ts-expect-error the items have no `title`
      defineSource({ ...common, raw, normalizer: (item) => ({ id: item.sku, title: item.title }) }),
      // @ts-expect-error the schema gives a number
      defineSource({ ...common, raw, normalizer: (item: { sku: string }) => ({ id: item.sku, title: '' }) }),
      // @ts-expect-error there is no field `nam`
      defineSource({ ...common, raw, normalizer: mapFields({ id: 'sku', title: 'nam' }) }),
    ];
    expect(sources).toHaveLength(3);
  });

  it('through a chain: a step that does not take what the one before it gives does not compile', () => {
    const first = ({ sku }: Raw) => ({ number: sku });
    // @ts-expect-error the first step gives a number
    chain(first, ({ number }: { number: string }) => ({ id: number }));
    const product = defineNormalizer<{ number: number }, ProductFields>({
      normalize: ({ number }) => ({ id: number, title: 'x' }),
    });
    expect(chain(first, product).steps).toHaveLength(2);
  });
});

describe('mapFields', () => {
  it('takes names of fields that fit, and functions of the item', () => {
    const normalize = mapFields<Raw>()({ id: 'sku', title: 'name', price: ({ cents }) => cents && cents / 100 });
    const context = { source: 'shop', processedAt: '' };
    expect(normalize({ sku: 7, name: 'Lamp', cents: 250 }, context)).toEqual({ id: 7, title: 'Lamp', price: 2.5 });
    expect(normalize({ sku: 7 } as never, context)).toEqual({ id: 7, title: undefined, price: undefined });
  });

  it('takes the names that are alike as a list', () => {
    const map = mapFields<{ id: string; name: string; price: number }>();
    expect(
      map(['id', 'price'], { title: 'name' })({ id: 'a', name: 'Lamp', price: 1 }, { source: '', processedAt: '' }),
    ).toEqual({ id: 'a', title: 'Lamp', price: 1 });
    // @ts-expect-error nothing says where the title comes from
    map(['id', 'price'], {});
    // @ts-expect-error a product has no field `name`
    map(['id', 'name'], { title: 'name' });
  });

  it('does not compile with a field that is not there, does not fit, or is not the model’s', () => {
    const map = mapFields<Raw>();
    const made: unknown[] = [
      // @ts-expect-error there is no field `nmae`
      map({ id: 'sku', title: 'nmae' }),
      // @ts-expect-error a title is no number
      map({ id: 'sku', title: 'sku' }),
      // @ts-expect-error a product has no field `titel`
      map({ id: 'sku', title: 'name', titel: 'name' }),
      // @ts-expect-error an id is needed
      map({ title: 'name' }),
    ];
    expect(made).toHaveLength(4);
  });

  it('takes the fields of another model', () => {
    const map = mapFields<Raw, { headline: string }>();
    expect(map({ id: 'sku', headline: 'name' })({ sku: 1, name: 'x' }, { source: '', processedAt: '' })).toEqual({
      id: 1,
      headline: 'x',
    });
    // @ts-expect-error that model has no title
    map({ id: 'sku', headline: 'name', title: 'name' });
  });
});
