import { describe, expect, test } from 'vitest';
import type { TransportFactory } from '../../../core/contracts/http.ts';
import { defineNormalizer, drop } from '../../../core/plugin.ts';
import { previewSource } from '../../../core/probe/preview-source.ts';
import { drive, listed, page, probed } from '../../support/probe-upstream.ts';

const never = new AbortController().signal;

async function preview(count: number, ...given: Parameters<typeof probed>) {
  const { config, services, clock, asked } = await probed(...given);
  const found = await drive(clock, previewSource(config, services, never, { source: 'shop', count }));
  return { ...found, asked };
}

/** A transport whose answers are the same, with other headers beside theirs. */
function withHeaders(transport: TransportFactory | undefined, headers: Record<string, string>): TransportFactory {
  return (options) => {
    const inner = (transport ?? neverOpened)(options);
    const handle: typeof inner.handle = async (request) => {
      const response = await inner.handle(request);
      return { ...response, headers: { ...response.headers, ...headers } };
    };
    return { ...inner, handle };
  };
}

function neverOpened(): never {
  throw new Error('the services have no transport');
}

describe('the preview of a source', () => {
  test('has each raw item beside its record', async () => {
    const { items, complete, asked } = await preview(2, [listed('shop')], { shop: (request) => page(request, 194) });
    expect(asked).toHaveLength(1);
    expect(items).toMatchObject([
      {
        index: 0,
        raw: { id: 1, name: 'Item 1', cents: 250 },
        records: [{ id: 'shop:1', title: 'Item 1', price: 2.5 }],
      },
      { index: 1, raw: { id: 2 }, records: [{ id: 'shop:2' }], rejects: [], drops: [] },
    ]);
    expect(complete).toBe(false);
  });

  test('asks for as many pages as it takes, and says when there are no more', async () => {
    const { items, complete, asked } = await preview(50, [listed('shop')], { shop: (request) => page(request, 45) });
    expect(asked).toHaveLength(3);
    expect(items).toHaveLength(45);
    expect(items.at(-1)).toMatchObject({ index: 4, records: [{ id: 'shop:45' }] });
    expect(complete).toBe(true);
  });

  test('shows a page that says it was the last one for a long while, and does not wait for the next', async () => {
    const upstream = (request: Parameters<typeof page>[0]) => page(request, 45);
    const { config, services, clock } = await probed([listed('shop')], { shop: upstream });
    const exhausted = {
      ...services,
      transport: withHeaders(services.transport, { 'ratelimit-remaining': '0', 'ratelimit-reset': '240' }),
    };
    const { items, error } = await drive(clock, previewSource(config, exhausted, never, { source: 'shop', count: 30 }));
    expect(items).toHaveLength(20);
    expect(error).toMatchObject({ code: 'rate_limited' });
  });

  test('tells why an item is rejected, dropped, or becomes several records', async () => {
    const normalizer = defineNormalizer({
      normalize: ({ id, title }: { id: number; title?: string }) => {
        if (id === 3) return drop('sold out');
        return id === 4
          ? [
              { id: '4a', title },
              { id: '4b', title },
            ]
          : { id: String(id), title };
      },
    });
    const answer = { items: [{ id: 1 }, { id: 2, title: 'Two' }, { id: 3 }, { id: 4, title: 'Four' }], total: 4 };
    const { items } = await preview(5, [listed('shop', { normalizer })], { shop: () => answer });
    expect(items).toMatchObject([
      { records: [], rejects: [{ reason: 'missing_title' }] },
      { records: [{ id: 'shop:2' }], rejects: [] },
      { records: [], drops: ['sold out'] },
      { records: [{ id: 'shop:4a' }, { id: 'shop:4b' }] },
    ]);
  });

  test('shows what came before a page that can’t be had', async () => {
    const { items, error } = await preview(30, [listed('shop')], {
      shop: (request) => (request.url.search.includes('offset=20') ? 404 : page(request, 100)),
    });
    expect(items).toHaveLength(20);
    expect(error).toMatchObject({ code: 'http_404' });
  });

  test('masks a secret that the upstream sends back', async () => {
    const source = { use: listed('shop'), headers: { authorization: 'Bearer hush-hush-token' } };
    const answer = { items: [{ id: 1, name: 'you sent hush-hush-token' }], total: 1 };
    const { items } = await preview(1, [source], { shop: () => answer });
    expect(JSON.stringify(items)).not.toContain('hush-hush-token');
    expect(items[0]?.raw).toMatchObject({ name: expect.stringContaining('***') as string });
  });

  test('of a source that is not there is refused with the nearest name', async () => {
    const { config, services } = await probed([listed('shop')], {});
    await expect(previewSource(config, services, never, { source: 'shp', count: 1 })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('did you mean "shop"?') as string,
    });
  });
});
