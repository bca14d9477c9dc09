import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHasher } from '../../../core/processing/hash.ts';
import { processPage } from '../../../core/processing/process-page.ts';
import type { SourcePlugin } from '../../../core/plugin.ts';
import product from '../../../plugins/models/product/index.ts';
import { pageOf, readable, recordsOf, shop } from './page.ts';

const hash = await createHasher(1n);
const raw = z.object({
  id: z.number(),
  title: z.string().transform((title) => title.toUpperCase()),
  tags: z.array(z.object({ name: z.string() })).default([]),
});

function read(items: readonly unknown[], schema: SourcePlugin['raw'] = raw) {
  return readable(processPage(pageOf(items), { source: { ...shop, raw: schema }, model: product, hash }));
}

describe('the raw schema', () => {
  it('shapes items before the normalizer gets them', () => {
    expect(recordsOf(read([{ id: 1, title: 'lamp' }]))).toMatchObject([{ id: 'shop:1', title: 'LAMP' }]);
  });

  it.each([
    [{ id: '1', title: 'x' }, 'id', /number.+\(found a string\)$/],
    [{ id: 1 }, 'title', /string.+\(found nothing\)$/],
    [{ id: 1, title: 'x', tags: [{ name: 'a' }, { name: null }] }, 'tags.1.name', /\(found null\)$/],
    [{ id: 1, title: 'x', tags: 'none' }, 'tags', /\(found a string\)$/],
  ])('rejects %j with the path and the kind of what was found', (item, field, message) => {
    expect(read([item, { id: 2, title: 'y' }])).toMatchObject({ count: 1 });
    expect(read([item]).rejects).toMatchObject([
      {
        reason: 'invalid_raw',
        index: 0,
        field,
        message: expect.stringMatching(message) as string,
        raw: JSON.stringify(item),
      },
    ]);
  });

  it('tells no more than three issues, and no value', () => {
    const many = z.object(Object.fromEntries(['a', 'b', 'c', 'd'].map((key) => [key, z.number()])));
    const [reject] = read([{ a: 'secret', b: 'secret', c: 'secret', d: 'secret' }], many).rejects;
    expect(reject?.message.match(/found a string/g)).toHaveLength(3);
    expect(reject?.message).not.toContain('secret');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('bug');
      },
      'bug',
    ],
    ['answers with nothing', () => undefined, 'the schema answers with nothing'],
    ['makes a text of the item', () => ({ value: 'x' }), 'the schema makes a string of the item, not an object'],
  ])('rejects the item where it %s', (_title, validate, message) => {
    const schema = { '~standard': { version: 1, vendor: 'test', validate: validate as never } } as const;
    expect(read([{ id: 1 }], schema).rejects).toMatchObject([{ reason: 'invalid_raw', message }]);
  });

  it('is refused where it answers with a promise', () => {
    const slow = z.object({ id: z.number() }).refine(async () => true);
    expect(() => read([{ id: 1 }], slow)).toThrow('the raw schema of the source answers with a promise');
  });
});
