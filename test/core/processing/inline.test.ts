import { describe, expect, it } from 'vitest';
import { createHasher } from '../../../core/processing/hash.ts';
import { createInlineProcessor } from '../../../core/processing/inline.ts';
import product from '../../../plugins/models/product/index.ts';
import { normalizing, pageOf, readable, recordsOf, shop } from './page.ts';

const hasher = await createHasher(1n);

function inline(source = shop) {
  return createInlineProcessor({ sources: new Map([['shop', source]]), model: product, hasher });
}

describe('createInlineProcessor', () => {
  it('processes a page and leaves its bytes as they are', async () => {
    const page = pageOf([{ id: 1, title: 'x' }]);
    const before = page.bytes.slice();
    const verdict = readable(await inline().process(page));
    expect(recordsOf(verdict)).toMatchObject([{ id: 'shop:1' }]);
    expect(page.bytes).toEqual(before);
  });

  it('lets the event loop turn between pages that came together', async () => {
    const order: string[] = [];
    const processor = inline(normalizing((item: { id: number }) => (order.push(`page ${item.id}`), item)));
    const pages = [1, 2, 3].map((id) => processor.process(pageOf([{ id, title: 'x' }])));
    const turn = (): void => {
      order.push('turn');
      if (order.length < 8) setImmediate(turn);
    };
    setImmediate(turn);
    await Promise.all(pages);
    expect(order.filter((entry) => entry !== 'turn')).toEqual(['page 1', 'page 2', 'page 3']);
    expect(order.join(' ')).not.toMatch(/page \d page \d/);
  });

  it('answers for a source that it does not know, and for a plugin that is broken', async () => {
    const unknown = await inline().process(pageOf([], { source: 'other' }));
    expect(unknown).toMatchObject({ ok: false, code: 'worker_failed', message: 'there is no source "other"' });
    const schema = { '~standard': { version: 1 as const, vendor: 'test', validate: async () => ({ value: {} }) } };
    const model = { name: 'slow', schema };
    const broken = createInlineProcessor({ sources: new Map([['shop', shop]]), model, hasher });
    const verdict = await broken.process(pageOf([{ id: 1 }]));
    expect(verdict).toMatchObject({ ok: false, code: 'worker_failed' });
    expect(!verdict.ok && verdict.message).toContain('plugin_invalid');
  });

  it('answers for every page that comes after it was closed', async () => {
    const processor = inline();
    const before = processor.process(pageOf([]));
    await processor.close();
    expect(await before).toMatchObject({ ok: false, code: 'worker_failed' });
    expect(await processor.process(pageOf([]))).toMatchObject({ ok: false, code: 'worker_failed' });
  });
});
