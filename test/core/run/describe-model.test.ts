import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineModel, defineSink, type Product, type RecordHead } from '../../../core/plugin.ts';
import { describeModel } from '../../../core/run/describe-model.ts';
import product from '../../../plugins/models/product/index.ts';

describe('what a sink is told of the model', () => {
  it('is its name, its fields, and its JSON Schema where the schema can give one', () => {
    const model = defineModel({ name: 'article', schema: z.object({ headline: z.string() }), fields: ['headline'] });
    expect(describeModel(model)).toMatchObject({
      name: 'article',
      fields: ['headline'],
      jsonSchema: { type: 'object', properties: { headline: { type: 'string' } }, required: ['headline'] },
    });
  });

  it('is no JSON Schema where the schema has none, or can’t say', () => {
    const silent = { '~standard': { version: 1, vendor: 'test', validate: (value: object) => ({ value }) } } as const;
    expect(describeModel({ name: 'x', schema: silent as never })).toEqual({
      name: 'x',
      fields: undefined,
      jsonSchema: undefined,
    });
    const dated = z.object({ at: z.date() });
    expect(describeModel({ name: 'x', schema: dated }).jsonSchema).toBeUndefined();
  });

  it('has the types of the product’s fields', () => {
    const { fields = [], jsonSchema } = describeModel(product);
    expect(Object.keys(jsonSchema?.['properties'] ?? {})).toEqual(fields);
    expect(jsonSchema).toMatchObject({
      properties: { title: { type: 'string' }, price: { type: ['number', 'null'] }, url: { type: ['string', 'null'] } },
    });
  });
});

describe('the records of a batch', () => {
  it('have the fields of the model that the sink is made for', () => {
    const sink = defineSink<unknown, Product>({
      name: 'typed',
      open: async () => ({
        async write(batch) {
          for (const record of batch.records()) {
            expectTypeOf(record.price).toEqualTypeOf<number | null>();
            expectTypeOf(record.source_id).toEqualTypeOf<string>();
          }
        },
        commit: async () => null,
        async close() {},
        async abort() {},
      }),
    });
    expect(sink.name).toBe('typed');
  });

  it('have the head in any case', () => {
    const sink = defineSink({
      name: 'plain',
      open: async () => ({
        async write(batch) {
          for (const record of batch.records()) expectTypeOf(record).toExtend<RecordHead>();
        },
        commit: async () => null,
        async close() {},
        async abort() {},
      }),
    });
    expect(sink.name).toBe('plain');
  });
});
