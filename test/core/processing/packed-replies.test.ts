import { describe, expect, it } from 'vitest';
import type { PageVerdict } from '../../../core/contracts/batch.ts';
import { createHasher } from '../../../core/processing/hash.ts';
import { packReplies, unpackReplies } from '../../../core/processing/packed-replies.ts';
import { processPage } from '../../../core/processing/process-page.ts';
import { pageOf, recordsOf, readable, shop } from './page.ts';

const hash = await createHasher(7n);
const model = { name: 'any', schema: passing(), metrics: { value: 'price', group: 'category' } };

/** A schema that takes everything. */
function passing() {
  return {
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value: value as object }) },
  } as const;
}

const processed = (body: unknown): PageVerdict => processPage(pageOf(body), { source: shop, model, hash });
const item = (id: number) => ({ id, title: `ü ${id}`, price: id === 2 ? 'none' : id, category: `c${id % 3}` });

describe('the answers to a task', () => {
  it('are the same after the way through two buffers, in whatever mix of pages they come', () => {
    const verdicts = [
      processed([item(1)]),
      processed('no JSON'),
      processed([]),
      processed([item(2), 'broken', item(3)]),
      processed([1, 2, 3, 4, 5, 6, 7].map(item)),
    ];
    const packed = structuredClone(packReplies(verdicts));
    expect(unpackReplies(packed)).toEqual(verdicts);
  });

  it('share the buffers, and each page sees its own lines alone', () => {
    const pages = unpackReplies(packReplies([processed([item(1)]), processed([item(2), item(3)])])).map(readable);
    expect(new Set(pages.map(({ ndjson }) => ndjson.buffer)).size).toBe(1);
    expect(pages.map((page) => recordsOf(page).map(({ id }) => id))).toEqual([['shop:1'], ['shop:2', 'shop:3']]);
  });
});
