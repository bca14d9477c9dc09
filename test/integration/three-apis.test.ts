import { setupServer } from 'msw/node';
import { http, HttpResponse } from 'msw';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createFetchTransport } from '../../core/http/transports/fetch.ts';
import { loadBuiltinMocks, startMockUpstreams } from '../../core/index.ts';
import { runToFile } from '../support/pipeline.ts';

const names = ['dummyjson', 'escuelajs', 'jsonplaceholder'];
const fast = { rateLimit: { requests: 1000, perMs: 1000 } };

/** Those that need no key. */
async function threeMocks() {
  return (await loadBuiltinMocks()).filter(({ name }) => names.includes(name));
}

describe('the three embedded upstreams, over sockets', () => {
  test('every item of each arrives once, in one format, and all figures add up', async () => {
    const upstreams = await startMockUpstreams(await threeMocks(), { latencyMs: [0, 15], seed: 7 });
    onTestFinished(async () => void (await Promise.all(upstreams.map((upstream) => upstream.close()))));
    const sources = upstreams.map(({ name, url }) => ({ use: name, baseUrl: url, ...fast }));
    const { report, exitCode, document } = await runToFile({ sources });

    expect(exitCode).toBe(0);
    expect(document.summary).toMatchObject({ total_products: 494, success_rate: 1, sources: names, partial: false });
    expect(document.errors).toEqual([]);
    expect(new Set(document.products.map(({ id }) => id)).size).toBe(494);
    for (const product of document.products) {
      expect(Object.keys(product).join(' ')).toBe(
        'id source source_id title price currency category brand rating description image url processed_at',
      );
    }
    const posts = document.products.filter(({ source }) => source === 'jsonplaceholder');
    expect(posts.every(({ price }) => price === null)).toBe(true);
    expect(report.metrics.by_source['jsonplaceholder']?.price).toMatchObject({ count: 0, min: null, mean: null });
    const prices = document.products.flatMap(({ price }) => price ?? []).toSorted((a, b) => a - b);
    expect(report.metrics.overall.price).toMatchObject({ count: 394, min: prices[0], max: prices.at(-1) });
    const mean = prices.reduce((sum, price) => sum + price, 0) / prices.length;
    expect(report.metrics.overall.price.mean).toBeCloseTo(mean, 6);
    expect(report.monitoring.sources['escuelajs']).toMatchObject({ pages: { delivered: 11, failed: 0 }, requests: 11 });
  });

  test('an upstream that fails now and then still delivers everything', async () => {
    const upstreams = await startMockUpstreams(await threeMocks(), {
      errorRate: 0.25,
      seed: 3,
      faults: ['status-500', 'status-503', 'reset', 'truncated-body'],
    });
    onTestFinished(async () => void (await Promise.all(upstreams.map((upstream) => upstream.close()))));
    const retry = { retries: 8, baseMs: 1, maxMs: 5 };
    const sources = upstreams.map(({ name, url }) => ({
      use: name,
      baseUrl: url,
      ...fast,
      retry,
      breaker: { failures: 50 },
    }));
    const { document, exitCode } = await runToFile({ sources });
    expect(exitCode).toBe(0);
    expect(document.products).toHaveLength(494);
    const retries = Object.values(document.monitoring.sources).reduce((sum, source) => sum + source.retries, 0);
    expect(retries).toBeGreaterThan(0);
  });
});

describe('the public URLs, with HTTP intercepted', () => {
  const server = setupServer();
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());
  const services = { transport: createFetchTransport };

  const page = (url: string, parameter: string): number[] => {
    const skip = Number(new URL(url).searchParams.get(parameter));
    return Array.from({ length: Math.max(0, Math.min(20, 50 - skip)) }, (_, index) => skip + index + 1);
  };

  test('each source asks its API as that expects to be asked', async () => {
    server.use(
      http.get('https://dummyjson.com/products', ({ request }) => {
        const products = page(request.url, 'skip').map((id) => ({
          id,
          title: `Mascara ${id}`,
          price: 9.99,
          category: 'beauty',
        }));
        return HttpResponse.json({ products, total: 50, skip: 0, limit: products.length });
      }),
      http.get('https://api.escuelajs.co/api/v1/products', ({ request }) =>
        HttpResponse.json(
          page(request.url, 'offset').map((id) => ({
            id,
            title: `Shirt ${id}`,
            price: 44,
            category: { id: 1, name: 'Clothes' },
            images: ['https://i.test/1.jpeg'],
          })),
        ),
      ),
      http.get('https://jsonplaceholder.typicode.com/posts', ({ request }) => {
        const number = Number(new URL(request.url).searchParams.get('_page'));
        const ids = page(`https://x.test/?skip=${(number - 1) * 20}`, 'skip');
        const posts = ids.map((id) => ({ userId: 1, id, title: `qui est esse ${id}`, body: 'est\nrerum' }));
        return HttpResponse.json(posts, { headers: { 'X-Total-Count': '50' } });
      }),
    );
    const { document, exitCode } = await runToFile({ sources: names.map((use) => ({ use, ...fast })) }, services);
    expect(document.errors).toEqual([]);
    expect(exitCode).toBe(0);
    expect(document.products).toHaveLength(150);
    expect(document.products.find(({ id }) => id === 'escuelajs:3')).toMatchObject({
      title: 'Shirt 3',
      price: 44,
      category: 'Clothes',
      image: 'https://i.test/1.jpeg',
      brand: null,
    });
  });

  test.each([
    [404, 'http_404', 1],
    [401, 'http_401', 1],
    [503, 'http_503', 4],
  ])(
    'an API that answers %i is a failed source with the code %s after %i attempts',
    async (status, error, attempts) => {
      server.use(
        http.get('https://dummyjson.com/products', () => HttpResponse.json({ message: 'no' }, { status })),
        http.get('https://jsonplaceholder.typicode.com/posts', () =>
          HttpResponse.json([{ id: 1, title: 'one' }], { headers: { 'X-Total-Count': '1' } }),
        ),
      );
      const sources = ['dummyjson', 'jsonplaceholder'].map((use) => ({ use, ...fast, retry: { baseMs: 1, maxMs: 2 } }));
      const { document, exitCode } = await runToFile({ sources }, services);
      expect(exitCode).toBe(3);
      expect(document.products).toHaveLength(1);
      expect(document.errors).toEqual([
        expect.objectContaining({
          endpoint: 'dummyjson',
          error,
          attempts,
          status,
          url: expect.stringContaining('/products'),
        }),
      ]);
      expect(document.summary).toMatchObject({ success_rate: 0.5, partial: true });
    },
  );
});
