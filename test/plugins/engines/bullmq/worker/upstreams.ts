import { setTimeout as wait } from 'node:timers/promises';
import type { SourcePlugin } from '../../../../../core/contracts/source.ts';
import { offsetPagination } from '../../../../../core/pagination/offset.ts';

/** What the upstream of a test answers. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Upstream = (url: URL, signal: AbortSignal) => Answer | Promise<Answer>;

/** A listing by pages of 10. */
export function listing(name: string, more: Partial<SourcePlugin> = {}): SourcePlugin {
  return {
    name,
    baseUrl: `https://${name}.test`,
    rateLimit: { requests: 10_000, perMs: 1000 },
    pagination: offsetPagination({
      path: '/items',
      limit: 10,
      limitParam: 'limit',
      offsetParam: 'skip',
      total: (body) => (body as { total: number }).total,
    }),
    items: (body) => (body as { items: unknown }).items,
    normalizer: { normalize: (raw: { id: number }) => ({ id: raw.id, title: `Item ${raw.id}`, price: raw.id }) },
    ...more,
  };
}

/** Answers a listing of `total` items; `overlap`: so many of each page come on the next one as well. Default 0. */
export function itemsOf(total: number, { overlap = 0 }: { readonly overlap?: number } = {}): Upstream {
  return (url) => {
    const skip = Number(url.searchParams.get('skip'));
    const count = Math.max(0, Math.min(10, total - skip));
    const from = skip - (skip / 10) * overlap;
    return { body: { total, items: Array.from({ length: count }, (_, index) => ({ id: from + index })) } };
  };
}

/** Answers after `ms` milliseconds. */
export function slow(ms: number, upstream: Upstream): Upstream {
  return async (url, signal) => {
    await wait(ms);
    return upstream(url, signal);
  };
}
