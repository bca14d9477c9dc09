import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeModel } from '../../../../core/run/describe-model.ts';
import product from '../../../../plugins/models/product/index.ts';
import { columnsOf } from '../../../../plugins/sinks/tables/columns.ts';

const rules = { fold: (name: string) => name.toLowerCase(), maxBytes: 63 };
const kindsOf = (model: Parameters<typeof columnsOf>[0]): readonly string[] =>
  columnsOf(model, rules).map(({ name, kind }) => `${name} ${kind}`);

describe('columns of a model', () => {
  it('are the head and the fields, typed by the schema', () => {
    expect(kindsOf(describeModel(product))).toEqual([
      'id text',
      'source text',
      'source_id text',
      'title text',
      'price number',
      'currency text',
      'category text',
      'brand text',
      'rating number',
      'description text',
      'image text',
      'url text',
      'processed_at time',
    ]);
  });

  it('read nullable, whole, nested and mixed fields off a zod schema', () => {
    const schema = z.object({
      words: z.int(),
      share: z.number().nullable(),
      digits: z.number().int().min(0),
      kind: z.enum(['a', 'b']).nullable(),
      done: z.boolean(),
      tags: z.array(z.string()),
      either: z.union([z.string(), z.number()]),
    });
    expect(kindsOf(describeModel({ name: 'article', schema })).slice(3, -1)).toEqual([
      'words integer',
      'share number',
      'digits integer',
      'kind text',
      'done boolean',
      'tags json',
      'either json',
    ]);
  });

  it('hold the whole record where the schema allows more than it names', () => {
    const schema = z.looseObject({ title: z.string() });
    expect(kindsOf(describeModel({ name: 'any', schema })).slice(3, -1)).toEqual(['record json']);
  });

  it('hold fields as JSON of which nobody says what they are, those of a hostile name too', () => {
    const model = { name: 'm', fields: ['__proto__', 'constructor', 'a"b', 'id'], jsonSchema: undefined };
    expect(kindsOf(model).slice(3, -1)).toEqual(['__proto__ json', 'constructor json', 'a"b json']);
  });

  it.each([
    [['Price', 'price'], 'the field "price" of the model "m" and "Price" would be the same column: rename it there'],
    [['ID'], 'the field "ID" of the model "m" and "id" would be the same column: rename it there'],
    [['a\0'], /can't be the name of a column, which has 1 to 63 bytes and no NUL/],
    [[''], /can't be the name of a column/],
    [['ü'.repeat(32)], /can't be the name of a column/],
  ])('refuses names that can not be kept apart or held: %j', (fields, message) => {
    expect(() => columnsOf({ name: 'm', fields, jsonSchema: undefined }, rules)).toThrow(message);
  });
});
