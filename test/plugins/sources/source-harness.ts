import { flatSteps } from '../../../core/normalizing/flat-steps.ts';
import { runSteps } from '../../../core/normalizing/run-steps.ts';
import type { FetchedPage, PageRequest } from '../../../core/contracts/page.ts';
import type { MockApi } from '../../../core/contracts/mock.ts';
import type { SourcePlugin } from '../../../core/contracts/source.ts';
import type { Answer } from '../../core/pagination/simulated-api.ts';
import { only, pageOf, walk } from '../../core/pagination/simulated-api.ts';
import { recordedPages } from '../../support/recorded.ts';

/** The answer that was recorded for a page. Throws where there is none. */
export function recorded(plugin: SourcePlugin, page: number): Answer {
  const found = recordedPages(plugin.name).find((answer) => answer.page === page);
  if (found === undefined) throw new Error(`${plugin.name}: page ${page} was not recorded`);
  const { headers, text } = found;
  return { body: JSON.parse(text), headers, ...(plugin.items && { items: plugin.items.bind(plugin) }) };
}

/** The keys that a source asks for after the page that answered `request`. */
export function keysAfter(plugin: SourcePlugin, request: PageRequest, answer: Answer): string[] {
  return plugin.pagination.next(pageOf(request, answer)).map(({ key }) => key);
}

export function firstOf(plugin: SourcePlugin): PageRequest {
  return only(plugin.pagination.first());
}

/** The items of a body, as the worker finds them. */
export function itemsOf(plugin: SourcePlugin, body: unknown): unknown[] {
  const items = plugin.items === undefined ? body : plugin.items(body as never);
  if (!Array.isArray(items)) throw new Error(`${plugin.name}: the items are not a list`);
  return items;
}

/** What the normalizer makes of a raw item, whatever that is. */
export function normalize(plugin: SourcePlugin, item: unknown): object {
  const context = { source: plugin.name, processedAt: '2026-01-01T00:00:00.000Z' };
  return runSteps(flatSteps(plugin.normalizer), item, context) as object;
}

/** The type of each field that is there. */
export function typesOf(product: object): Record<string, string> {
  const there = Object.entries(product).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there.map(([name, value]) => [name, typeof value]));
}

/** Walks a source over its embedded upstream; gives the items that came and the pages that were asked for. */
export function walkEmbedded(plugin: SourcePlugin, api: MockApi): { items: unknown[]; pages: readonly FetchedPage[] } {
  const answerTo = api.create({ rateLimit: false });
  const { pages } = walk(plugin.pagination, (url) => {
    const request = { method: 'GET', path: url.pathname, query: url.searchParams, headers: {}, url: url.href };
    const { body, headers = {} } = answerTo({ ...request, arrivedAt: 0 });
    const lower = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
    return {
      body,
      headers: Object.fromEntries<string>(lower),
      ...(plugin.items && { items: plugin.items.bind(plugin) }),
    };
  });
  return { items: pages.flatMap((page) => itemsOf(plugin, page.json())), pages };
}
