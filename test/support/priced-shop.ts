import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { resolveConfig } from '../../core/config/resolve.ts';
import { createPipeline, type PipelineConfig, type ResumeRequest, type RunResult } from '../../core/index.ts';
import { defineNormalizer, defineSource, offsetPagination } from '../../core/plugin.ts';
import { httpServer } from './fault-server.ts';
import { silentLogger } from './silent-logger.ts';

/** An item as the shop lists it. */
export interface ShopItem {
  readonly id: number;
  readonly title: string;
  readonly category: string | null;
  readonly price: number | null;
  readonly currency?: string;
}

export interface Shop {
  readonly url: string;
  /** What it lists now; may be changed from run to run. */
  items: readonly ShopItem[];
  /** Called before a page is answered; true where it has answered itself. */
  before: (offset: number, ...args: Parameters<RequestListener>) => boolean;
}

/** Items of a page. */
const limit = 10;

/** A shop on loopback whose prices change when the test says so. It is closed `atEnd`: by default that of the test. */
export async function openShop(
  items: readonly ShopItem[] = [],
  atEnd: (close: () => Promise<void>) => void = onTestFinished,
): Promise<Shop> {
  const shop: { -readonly [Key in keyof Shop]: Shop[Key] } = { url: '', items, before: () => false };
  const server = await httpServer((request, response) => {
    const offset = Number(new URL(request.url ?? '', 'http://host').searchParams.get('skip'));
    if (shop.before(offset, request, response)) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ total: shop.items.length, products: shop.items.slice(offset, offset + limit) }));
  });
  atEnd(() => server.close());
  shop.url = server.origin;
  return shop;
}

/** A source that reads a shop. */
export function shopSource(name: string, { url }: Pick<Shop, 'url'>) {
  const source = defineSource({
    name,
    baseUrl: url,
    rateLimit: { requests: 1_000, perMs: 1_000 },
    pagination: offsetPagination({ path: '/products', limit, offsetParam: 'skip', total: (body) => body.total }),
    items: (body) => body.products,
    normalizer: defineNormalizer({ normalize: (item: ShopItem) => item }),
  });
  return { use: source, concurrency: 1, retry: { retries: 0 } };
}

/** One life of a run whose history is kept under `folder`. */
export async function runWithHistory(
  folder: string,
  config: Pick<PipelineConfig, 'sources'> & Partial<PipelineConfig>,
  { resume, signal }: { readonly resume?: ResumeRequest; readonly signal?: AbortSignal } = {},
): Promise<RunResult> {
  const whole = {
    sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
    workers: { threads: 0 },
    state: {},
    history: true,
    ...config,
  };
  const resolved = await resolveConfig(whole, { baseDir: folder, env: {} });
  const pipeline = await createPipeline(resolved, { logger: silentLogger }, { resume });
  return pipeline.run(signal === undefined ? {} : { signal });
}

export function historyIn(folder: string): string {
  return join(folder, '.pipeline', 'history.duckdb');
}
