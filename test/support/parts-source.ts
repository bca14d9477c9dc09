import type { HttpResponse, TransportFactory } from '../../core/contracts/http.ts';
import { chain, defineSource, drop, offsetPagination, type SourcePlugin, type Step } from '../../core/plugin.ts';

/** What is to become of one record of an item. */
export interface PlannedPart {
  readonly id: number;
  readonly fate: 'record' | 'reject' | 'drop' | 'throw';
}

/** An item that says what becomes of it: nothing at all, one record, or several. */
export interface PlannedItem {
  readonly number: number;
  readonly parts: readonly PlannedPart[];
}

export const perPage = 3;

/** Splits an item into its parts. `mended`: none of them is rejected any more. */
export const splitItem: Step<PlannedItem, PlannedPart> = ({ parts }) => parts;

export function settlePart(mended: boolean): Step<PlannedPart, object> {
  return ({ id, fate }) => {
    if (fate === 'drop') return drop(`reason ${id % 2}`);
    if (fate === 'throw' && !mended) throw new Error(`bug ${id}`);
    return { id, title: fate === 'reject' && !mended ? ' ' : `record ${id}`, price: id };
  };
}

/** A source of such items. */
export function partsSource(
  normalizer: SourcePlugin['normalizer'] = chain(splitItem, settlePart(false)),
): SourcePlugin {
  return defineSource({
    name: 'parts',
    baseUrl: 'https://parts.test',
    rateLimit: { requests: 10_000, perMs: 1 },
    pagination: offsetPagination({ path: '/items', limit: perPage, total: (body) => body['total'] }),
    items: (body) => body['items'],
    normalizer,
  });
}

/** Serves the items a page at a time, at once; `/detail?id=7` answers with what `detail` makes of it. */
export function partsTransport(
  items: readonly PlannedItem[],
  detail: (id: number) => unknown = (id) => ({ id }),
): TransportFactory {
  return () => ({
    async handle({ url, onPhase, signal }): Promise<HttpResponse> {
      onPhase?.('sent');
      signal.throwIfAborted();
      const offset = Number(url.searchParams.get('offset'));
      const listing = { total: items.length, items: items.slice(offset, offset + perPage) };
      const answer = url.pathname === '/items' ? listing : await detail(Number(url.searchParams.get('id')));
      const body = new Uint8Array(new TextEncoder().encode(JSON.stringify(answer)));
      return { status: 200, headers: {}, url: url.href, body };
    },
    close: () => Promise.resolve(),
  });
}
