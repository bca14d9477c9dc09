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
  readonly skip?: Uint8Array<ArrayBuffer>;
}

function read(body: unknown, { source = shop, model = product, skip }: Setting = {}) {
  return readable(processPage(pageOf(body, skip === undefined ? {} : { skip }), { source, model, hash }));
}

function onlyReject(body: unknown, setting: Setting = {}) {
  const page = read(body, setting);
  expect(page.count).toBe(0);
  expect(page.rejects).toHaveLength(1);
  return page.rejects[0];
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

  it('says which item each line came from, and hashes its id', () => {
    const page = read([{ id: 1, title: 'a' }, null, { id: 2, title: 'b' }, { id: '1', title: 'again' }]);
    expect(page).toMatchObject({ items: 4, count: 3, skipped: 0 });
    expect([...page.itemIndexes]).toEqual([0, 2, 3]);
    expect(page.idHashes[0]).toBe(hash.text('shop:1'));
    expect(page.idHashes[2]).toBe(page.idHashes[0]);
    expect(page.idHashes[1]).not.toBe(page.idHashes[0]);
    expect(page.rejects.map(({ index }) => index)).toEqual([1]);
  });

  it('leaves out what the mask marks, from the lines, the hashes and the metrics', () => {
    const items = [{ id: 1, title: 'a', price: 1 }, { id: 2, title: 'b', price: 2 }, 'broken'];
    const page = read(items, { skip: Uint8Array.of(1, 0, 1) });
    expect(page).toMatchObject({ items: 3, count: 1, skipped: 2, rejects: [] });
    expect(recordsOf(page).map(({ id }) => id)).toEqual(['shop:2']);
    expect(page.idHashes).toHaveLength(1);
    expect(page.metrics.get('')).toMatchObject({ count: 1, min: 2 });
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
    ['returns nothing', () => undefined, 'not nothing'],
    ['returns a list', () => [], 'not a list'],
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
    expect(page.rejects[0]?.raw).toHaveLength(64 * 1024);
    expect(page.count).toBe(1);
  });

  it('throws for a schema that answers with a promise: no item could pass', () => {
    const validate = async (): Promise<StandardSchemaV1.Result<object>> => ({ value: {} });
    const schema: Model['schema'] = { '~standard': { version: 1, vendor: 'test', validate } };
    const run = () => read([{ id: 1 }], { model: { name: 'slow', schema } });
    expect(run).toThrow(expect.objectContaining({ code: 'plugin_invalid' }));
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
    expect(onlyReject(`[{"id":1,"title":${deep}}]`)).toMatchObject({ reason: 'invalid_field', field: 'title' });
    const anything: Model = { name: 'any', schema: z.looseObject({}) };
    expect(onlyReject(`[{"id":1,"deep":${deep}}]`, { model: anything })?.reason).toBe('invalid_field');
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
