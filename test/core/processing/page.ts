import { Buffer } from 'node:buffer';
import type { PageInput, PageRead } from '../../../core/contracts/batch.ts';
import type { SourcePlugin } from '../../../core/contracts/source.ts';
import { defineNormalizer, defineSource } from '../../../core/plugin.ts';
import type { PageVerdict } from '../../../core/contracts/batch.ts';

/** A source whose items are products already: what is tested is what happens around the normalizer. */
export const shop: SourcePlugin = defineSource({
  name: 'shop',
  baseUrl: 'http://127.0.0.1',
  rateLimit: { requests: 5, perMs: 1000 },
  pagination: { style: 'single', needs: 'headers', first: () => [], next: () => [] },
  normalizer: defineNormalizer({ normalize: (item: { id: number }) => item }),
});

/** The same source with another way from item to fields. */
export function normalizing(normalize: (item: never) => unknown): SourcePlugin {
  return { ...shop, normalizer: { normalize } };
}

/** A page with this body: text as it is, bytes as they are, anything else as JSON. */
export function pageOf(body: unknown, change: Partial<PageInput> = {}): PageInput {
  const raw = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    source: 'shop',
    bytes: new Uint8Array(raw),
    contentType: 'application/json; charset=utf-8',
    processedAt: '2026-01-02T03:04:05.678Z',
    ...change,
  };
}

/** The reply as that of a page that could be read. Throws where it could not. */
export function readable<Reply extends PageVerdict>(reply: Reply): Extract<Reply, { ok: true }> {
  if (!reply.ok) throw new Error(`${reply.code}: ${reply.message}`);
  return reply as Extract<Reply, { ok: true }>;
}

/** The records of a page, parsed line by line. */
export function recordsOf({ ndjson }: Pick<PageRead, 'ndjson'>): Record<string, unknown>[] {
  const lines = Buffer.from(ndjson).toString().split('\n');
  if (lines.pop() !== '') throw new Error('the last line is not ended');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
