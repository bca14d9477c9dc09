import { Buffer } from 'node:buffer';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Model } from '../../../core/contracts/model.ts';
import type { SourcePlugin } from '../../../core/contracts/source.ts';
import { createHasher } from '../../../core/processing/hash.ts';
import { processPage } from '../../../core/processing/process-page.ts';
import product from '../../../plugins/models/product/index.ts';
import { normalizing, pageOf, readable, recordsOf, shop } from './page.ts';

const hash = await createHasher(0x0123_4567_89ab_cdefn);

interface Setting {
  readonly source?: SourcePlugin;
  readonly model?: Model;
  readonly known?: BigUint64Array<ArrayBuffer>;
}

function read(body: unknown, { source = shop, model = product, known }: Setting = {}) {
  return readable(processPage(pageOf(body, known === undefined ? {} : { known }), { source, model, hash }));
}

function onlyReject(body: unknown, setting: Setting = {}) {
  const page = read(body, setting);
  expect(page.count).toBe(0);
  expect(page.rejects).toHaveLength(1);
  return page.rejects[0];
}

function circle(): Record<string, unknown> {
  const record: Record<string, unknown> = { id: 1 };
  record['self'] = record;
  return record;
}

describe('processPage: records', () => {
  it('writes one line for each item: the head, the model’s fields in their order, null for what is left out', () => {
    const page = read([{ id: 7, rating: '4.5', title: 'Lamp', price: '12.50', other: true }]);
    expect(new TextDecoder().decode(page.ndjson)).toBe(
      '{"id":"shop:7","source":"shop","source_id":"7","title":"Lamp","price":12.5,"currency":null,"category":null,' +
        '"brand":null,"rating":4.5,"description":null,"image":null,"url":null,' +
        '"processed_at":"2026-01-02T03:04:05.678Z"}\n',
    );
  });

  it('hashes the id of each line', () => {
    const page = read([{ id: 1, title: 'a' }, null, { id: 2, title: 'b' }, { id: '1', title: 'again' }]);
    expect(page).toMatchObject({ items: 4, count: 3, skipped: 0 });
    expect(page.idHashes[0]).toBe(hash.text('shop:1'));
    expect(page.idHashes[2]).toBe(page.idHashes[0]);
    expect(page.idHashes[1]).not.toBe(page.idHashes[0]);
    expect(page.rejects.map(({ index }) => index)).toEqual([1]);
  });

  it('leaves out what is known and what comes twice, from the lines, the hashes and the metrics', () => {
    const item = { id: 2, title: 'b', price: 2 };
    const known = BigUint64Array.of(hash.text('shop:1'));
    const page = read([{ id: 1, title: 'a', price: 1 }, item, 'broken', { ...item, price: 3 }], { known });
    expect(page).toMatchObject({ items: 4, count: 1, skipped: 2, rejects: [{ index: 2 }] });
    expect(recordsOf(page).map(({ id }) => id)).toEqual(['shop:2']);
    expect(page.idHashes).toHaveLength(1);
    expect(page.metrics).toEqual({ groups: [''], groupOf: Uint32Array.of(0), values: Float64Array.of(2) });
  });

  it('takes an empty list for a page without records', () => {
    expect(read([])).toMatchObject({ items: 0, count: 0, rejects: [] });
  });

  it('keeps the head where a model has fields of its names', () => {
    const fields = z.object({ source: z.string(), processed_at: z.string(), title: z.string() });
    const source = normalizing(() => ({ id: 1, source: 'forged', processed_at: 'never', title: 'x' }));
    expect(recordsOf(read([{}], { source, model: { name: 'm', schema: fields } }))).toEqual([
      { id: 'shop:1', source: 'shop', source_id: '1', processed_at: '2026-01-02T03:04:05.678Z', title: 'x' },
    ]);
  });

  it('shapes records by any Standard Schema', () => {
    const schema = z.object({ headline: z.string().trim(), written: z.coerce.date(), by: z.string().nullable() });
    const model: Model = { name: 'article', schema, optional: ['by'] };
    const [record] = recordsOf(read([{ id: 'a/1', headline: ' Hi ', written: '2020-01-01' }], { model }));
    expect(record).toMatchObject({ id: 'shop:a/1', headline: 'Hi', written: '2020-01-01T00:00:00.000Z', by: null });
  });

  it('tells pages apart by their bytes', () => {
    const [one, same, other] = ['[]', '[]', '[ ]'].map((text) => read(text).bytesHash);
    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });
});

describe('processPage: items that are no records', () => {
  it.each([null, 7, 'text', true, [[1]]])('rejects the item %j', (item) => {
    expect(onlyReject([item])).toMatchObject({ reason: 'not_an_object', index: 0, raw: JSON.stringify(item) });
  });

  it.each([
    [undefined, 'missing_id'],
    [null, 'missing_id'],
    ['', 'missing_id'],
    ['  ', 'missing_id'],
    [true, 'invalid_id'],
    [{}, 'invalid_id'],
    [[1], 'invalid_id'],
    [2 ** 53, 'invalid_id'],
    ['\ud800', 'invalid_id'],
  ])('rejects the id %j as %s', (id, reason) => {
    expect(onlyReject([{ id, title: 'x' }])).toMatchObject({ reason, field: 'id' });
  });

  it('takes whole numbers, fractions and text for ids', () => {
    const ids = recordsOf(read([0, -1, 1.5, 'ü/1', ' a '].map((id) => ({ id, title: 'x' }))));
    expect(ids.map(({ source_id }) => source_id)).toEqual(['0', '-1', '1.5', 'ü/1', ' a ']);
  });

  it.each([
    [{ id: 1 }, 'missing_title', 'title'],
    [{ id: 1, title: ' ' }, 'missing_title', 'title'],
    [{ id: 1, title: 5 }, 'invalid_field', 'title'],
    [{ id: 1, title: 'x', price: '$5' }, 'invalid_price', 'price'],
    [{ id: 1, title: 'x', rating: 'good' }, 'invalid_field', 'rating'],
    [{ id: 1, title: 'x', category: { name: 'c' } }, 'invalid_field', 'category'],
  ])('rejects %j as %s', (item, reason, field) => {
    expect(onlyReject([item])).toMatchObject({ reason, field, raw: JSON.stringify(item) });
  });

  it('names the path of the field that a schema of one’s own refuses', () => {
    const schema = z.object({ author: z.object({ name: z.string() }) });
    const reject = onlyReject([{ id: 1, author: { name: 5 } }], { model: { name: 'm', schema } });
    expect(reject).toMatchObject({ reason: 'invalid_field', field: 'author.name' });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no such thing');
      },
      'no such thing',
    ],
    [
      'throws null',
      () => {
        throw null as unknown as Error;
      },
      'null',
    ],
    [
      'throws what has no words',
      () => {
        throw Object.create(null) as Error;
      },
      'something that has no words',
    ],
    [
      'returns an object that throws when it is read',
      () => ({
        get id(): number {
          throw new Error('no id today');
        },
      }),
      'no id today',
    ],
    [
      'returns an object that throws whatever it is asked for',
      () =>
        new Proxy(
          { id: 1 },
          {
            get() {
              throw new Error('nothing today');
            },
          },
        ),
      'nothing today',
    ],
    ['returns a promise that never settles', () => new Promise(() => undefined), 'not a promise'],
    ['returns nothing', () => undefined, 'not nothing'],
    ['returns a list of texts', () => ['x'], 'not a string'],
    ['returns a promise', async () => ({ id: 1, title: 'x' }), 'not a promise'],
    [
      'returns a promise that fails',
      async () => {
        throw new Error('later');
      },
      'not a promise',
    ],
  ])('rejects an item whose normalizer %s', (_, normalize, message) => {
    const reject = onlyReject([{ id: 1 }], { source: normalizing(normalize) });
    expect(reject).toMatchObject({ reason: 'normalizer_failed' });
    expect(reject?.message).toContain(message);
  });

  it('rejects an item whose schema throws, or whose record JSON can’t hold', () => {
    const validate = (): never => {
      throw new Error('bad schema');
    };
    const throwing: Model = { name: 'm', schema: { '~standard': { version: 1, vendor: 'test', validate } } };
    expect(onlyReject([{ id: 1 }], { model: throwing })).toMatchObject({
      reason: 'invalid_field',
      message: 'bad schema',
    });
    const schema = z.object({ n: z.coerce.bigint() });
    expect(onlyReject([{ id: 1, n: 5 }], { model: { name: 'm', schema } })?.reason).toBe('invalid_field');
  });

  it('rejects a record over 1 MiB by its bytes, not by its characters', () => {
    const page = read([
      { id: 1, title: 'a'.repeat(1024 * 1024) },
      { id: 2, title: 'ü'.repeat(520 * 1024) },
      { id: 3, title: 'a'.repeat(1000 * 1024) },
    ]);
    expect(page.rejects.map(({ reason }) => reason)).toEqual(['record_too_large', 'record_too_large']);
    expect(page.rejects[0]).toMatchObject({ raw: expect.stringMatching(/^\{"id":1/), truncated: true });
    for (const { raw } of page.rejects) expect(Buffer.byteLength(raw)).toBeLessThanOrEqual(64 * 1024);
    expect(page.rejects[1]?.raw).toMatch(/ü$/);
    expect(page.count).toBe(1);
  });

  it.each([
    ['a circle', () => circle(), 'circular'],
    ['a bigint', () => ({ id: 1, n: 5n }), 'BigInt'],
    [
      'a getter that throws',
      () => ({
        id: 1,
        inner: {
          get deep(): never {
            throw new Error('not deeper');
          },
        },
      }),
      'not deeper',
    ],
    [
      'a toJSON that throws',
      () => ({
        id: 1,
        inner: {
          toJSON() {
            throw new Error('no JSON');
          },
        },
      }),
      'no JSON',
    ],
    ['a toJSON of its own', () => ({ id: 1, toJSON: () => undefined }), 'toJSON'],
  ])('rejects an item of which a normalizer makes a record with %s', (_, normalize, message) => {
    const model: Model = { name: 'any', schema: z.looseObject({}) };
    const reject = onlyReject([{ id: 1 }], { source: normalizing(normalize), model });
    expect(reject).toMatchObject({ reason: 'invalid_field', raw: '{"id":1}' });
    expect(reject?.message).toContain(message);
  });

  it('rejects only the item on which a transform or a check of a zod schema throws', () => {
    const schema = z.object({
      title: z.string().transform((title) => {
        if (title === 'bad') throw new Error('no such title');
        return title.toUpperCase();
      }),
    });
    const items = [
      { id: 1, title: 'good' },
      { id: 2, title: 'bad' },
      { id: 3, title: 5 },
    ];
    const page = read(items, { model: { name: 'm', schema } });
    expect(recordsOf(page).map(({ title }) => title)).toEqual(['GOOD']);
    expect(page.rejects).toMatchObject([
      { reason: 'invalid_field', index: 1, message: 'no such title' },
      { reason: 'invalid_field', index: 2, field: 'title' },
    ]);
  });

  it.each([undefined, null, 5, {}, { value: 'text' }, { issues: 'none' }])(
    'rejects an item whose schema answers with %j',
    (answer) => {
      const validate = () => answer as StandardSchemaV1.Result<object>;
      const model: Model = { name: 'm', schema: { '~standard': { version: 1, vendor: 'test', validate } } };
      expect(onlyReject([{ id: 1 }], { model })?.reason).toBe('invalid_field');
    },
  );

  it('throws for a zod schema that needs promises', () => {
    const schema = z.object({ title: z.string().transform(async (title) => title) });
    const run = () => read([{ id: 1, title: 'x' }], { model: { name: 'slow', schema } });
    expect(run).toThrow(expect.objectContaining({ code: 'plugin_invalid' }));
  });

  it('throws for a schema that answers with a promise: no item could pass', () => {
    const validate = async (): Promise<StandardSchemaV1.Result<object>> => ({ value: {} });
    const schema: Model['schema'] = { '~standard': { version: 1, vendor: 'test', validate } };
    const run = () => read([{ id: 1 }], { model: { name: 'slow', schema } });
    expect(run).toThrow(expect.objectContaining({ code: 'plugin_invalid' }));
  });
});

describe('processPage: pages that are tried again', () => {
  it('takes bare items as they are, without asking items() or the total', () => {
    const asked = (): never => {
      throw new Error('asked');
    };
    const source: SourcePlugin = { ...shop, items: asked, pagination: { ...shop.pagination, totalInBody: asked } };
    const reply = processPage(pageOf([{ id: 1, title: 'x' }, 5], { bare: true }), { source, model: product, hash });
    expect(readable(reply)).toMatchObject({ items: 2, count: 1, total: undefined, rejects: [{ index: 1, raw: '5' }] });
    const wrapped = processPage(pageOf({ items: [] }, { bare: true }), { source, model: product, hash });
    expect(wrapped).toMatchObject({ ok: false, code: 'unexpected_shape' });
  });

  it('rejects poisoned items without looking at them, and tells which item is in hand', () => {
    const seen: unknown[] = [];
    const source = normalizing((item: { id: number }) => (seen.push(item.id), item));
    const poisoned = new Map([[1, { reason: 'record_timeout', message: 'too slow' } as const]]);
    const page = {
      ...pageOf([1, 2, 3, 4].map((id) => ({ id, title: 'x' }))),
      poisoned,
      known: BigUint64Array.of(hash.text('shop:4')),
    };
    const inHand: number[] = [];
    const reply = processPage(page, { source, model: product, hash }, (item) => inHand.push(item));
    expect(readable(reply)).toMatchObject({ items: 4, count: 2, skipped: 1 });
    expect(readable(reply).rejects).toEqual([
      { reason: 'record_timeout', index: 1, message: 'too slow', raw: '{"id":2,"title":"x"}' },
    ]);
    expect(seen).toEqual([1, 3, 4]);
    expect(inHand).toEqual([0, 1, 2, 3, -1]);
  });
});

describe('processPage: hostile bodies', () => {
  it('takes __proto__, constructor and toString as keys like any other', () => {
    const item = '{"id":1,"title":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const model: Model = { name: 'loose', schema: z.looseObject({ title: z.string() }) };
    for (const page of [read(`[${item}]`), read(`[${item}]`, { model })]) {
      expect(page.count).toBe(1);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    }
    expect(onlyReject('[{"__proto__":{"id":1,"title":"x"}}]')).toMatchObject({ reason: 'missing_id' });
  });

  it('gets over lists nested 100,000 deep, as a body, as an item and in a field', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(onlyReject(deep)?.reason).toBe('not_an_object');
    const verdict = { reason: 'nested_too_deep', message: 'the item is nested more than 100 levels deep' };
    expect(onlyReject(`[{"id":1,"title":${deep}}]`)).toMatchObject({ ...verdict, truncated: true });
    const anything: Model = { name: 'any', schema: z.looseObject({}) };
    expect(onlyReject(`[{"id":1,"deep":${deep}}]`, { model: anything })).toMatchObject(verdict);
  });

  it('takes an item of 100 levels, and none of 101', () => {
    const nested = (levels: number) =>
      `[{"id":1,"title":"x","deep":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}]`;
    expect(read(nested(100)).count).toBe(1);
    expect(onlyReject(nested(101))).toMatchObject({ reason: 'nested_too_deep', raw: nested(101).slice(1, -1) });
  });

  it('refuses numbers beyond all bounds', () => {
    expect(onlyReject('[{"id":1,"title":"x","price":1e999}]')?.reason).toBe('invalid_price');
    expect(onlyReject('[{"id":1e999,"title":"x"}]')?.reason).toBe('invalid_id');
  });

  it('keeps half a character escaped, so that the line stays valid UTF-8', () => {
    const page = read('[{"id":1,"title":"\\ud800"}]');
    expect(new TextDecoder('utf-8', { fatal: true }).decode(page.ndjson)).toContain('"title":"\\ud800"');
  });

  it('never throws, and accounts for every item, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        const reply = processPage(pageOf(`[${json},${json}]`), { source: shop, model: product, hash });
        expect(readable(reply).count + readable(reply).rejects.length).toBe(2);
        expect(recordsOf(readable(reply))).toHaveLength(readable(reply).count);
      }),
    );
  });

  it('never throws for bytes of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const reply = processPage(pageOf(bytes), { source: shop, model: product, hash });
        expect(reply.ok || reply.code !== 'worker_failed').toBe(true);
      }),
    );
  });
});
