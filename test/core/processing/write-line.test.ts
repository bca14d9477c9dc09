import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../core/contracts/model.ts';
import { lineWriterOf } from '../../../core/processing/write-line.ts';
import product from '../../../plugins/models/product/index.ts';

const head = { id: 'shop:1', source: 'shop', source_id: '1', processed_at: '2026-01-02T03:04:05.678Z' };
const { processed_at, ...front } = head;

const modelOf = (fields?: readonly string[]): Model => ({
  name: 'any',
  schema: product.schema,
  ...(fields !== undefined && { fields }),
});

/** The same by JSON's own means; names that are whole numbers would come first there. */
const printed = (fields: object) => `${JSON.stringify({ ...front, ...fields, processed_at })}\n`;

const names = fc
  .string({ unit: 'binary' })
  .filter((name) => !/^\d+$/.test(name) && !(name in head) && name !== 'toJSON');
const values = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.double(),
  fc.date(),
  fc.constantFrom(undefined, Symbol('none'), () => 1, Object('boxed'), Object(1)),
);

describe('lineWriterOf', () => {
  it('writes what JSON.stringify writes, whatever the names and values', () => {
    fc.assert(
      fc.property(fc.dictionary(names, values), (fields) => {
        expect(lineWriterOf(modelOf())(head, fields)).toBe(printed(fields));
      }),
      { numRuns: 1000 },
    );
  });

  it('writes what JSON.stringify writes, whatever the id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (source_id) => {
        const odd = { ...head, id: `shop:${source_id}`, source_id };
        expect(lineWriterOf(modelOf())(odd, {})).toBe(`${JSON.stringify(odd)}\n`);
      }),
    );
  });

  it('writes the fields of the model in its order, each once, and none of the head’s names', () => {
    const write = lineWriterOf(modelOf(['b', 'id', 'a', 'b', 'gone', 'processed_at']));
    const line = write(head, { a: 1, b: 'é"\\', c: true, id: 'forged', processed_at: 'never' });
    expect(line).toBe(printed({ b: 'é"\\', a: 1 }));
  });

  it('tells a toJSON of a value the name of its field, and takes no function of that name for the record’s', () => {
    const named = { toJSON: (name: string) => `called ${name}` };
    expect(lineWriterOf(modelOf())(head, { when: named })).toBe(printed({ when: 'called when' }));
    expect(() => lineWriterOf(modelOf())(head, { toJSON: () => 'all' })).toThrow('its toJSON is a function');
  });

  it('takes __proto__ for a name like any other', () => {
    const fields = JSON.parse('{"__proto__":{"a":1}}') as Record<string, unknown>;
    expect(lineWriterOf(modelOf())(head, fields)).toContain('"source_id":"1","__proto__":{"a":1},"processed_at"');
  });
});
