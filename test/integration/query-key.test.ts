import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveConfig } from '../../core/config/resolve.ts';
import { createPipeline, type Logger, type RunEvent } from '../../core/index.ts';
import { apiKey, defineNormalizer, defineSource, linkPagination } from '../../core/plugin.ts';
import { serve } from '../support/oauth-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const secret = 'qu3ry/key of+mine';

test('a key in the query is on the wire and nowhere else, though every link repeats it', async () => {
  const { origin, seen } = await serve(({ url }) => {
    const asked = new URL(url, 'http://upstream');
    const page = Number(asked.searchParams.get('page') ?? '1');
    if (asked.searchParams.get('k') !== secret) return { status: 401 };
    if (page === 4) return { status: 500, body: { why: `could not serve ${url}` } };
    asked.searchParams.set('page', String(page + 1));
    const link = `<${asked.pathname}${asked.search}>; rel="next"`;
    // The second item is rejected, so that it is kept as a dead letter.
    return {
      headers: { link },
      body: [
        { id: page, title: 'a', self: url },
        { id: `${page}b`, self: url },
      ],
    };
  });
  const folder = await temporaryFolder();
  const source = defineSource({
    name: 'shop',
    baseUrl: origin,
    rateLimit: { requests: 1000, perMs: 1000 },
    auth: apiKey({ query: 'k', value: '${SHOP_ACCESS}' }),
    pagination: linkPagination({ path: '/items' }),
    normalizer: defineNormalizer<{ id: number; title?: string; self: string }>({
      normalize: ({ id, title, self }) => ({ id, title, url: self }),
    }),
  });
  const config = await resolveConfig(
    {
      sources: [{ use: source, retry: { retries: 1, baseMs: 1, maxMs: 1 } }],
      sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
      workers: { threads: 0 },
      state: {},
    },
    { baseDir: folder, env: { SHOP_ACCESS: secret } },
  );
  const told: unknown[] = [];
  const note = (message: string, fields?: unknown): void => void told.push(message, fields);
  const logger: Logger = { error: note, warn: note, info: note, debug: note };
  const events: RunEvent[] = [];
  const pipeline = await createPipeline(config, { logger });
  pipeline.on((event) => void events.push(event));
  const { report } = await pipeline.run();

  expect(seen.map(({ url }) => new URL(url, origin).searchParams.get('page'))).toEqual([null, '2', '3', '4', '4']);
  expect(report.summary.total_products).toBe(3);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
  );
  const all = JSON.stringify([texts, told, events, report], (_, value: unknown) =>
    value instanceof Error
      ? [Object.entries(value), value.message, value.cause]
      : typeof value === 'bigint'
        ? String(value)
        : value,
  );
  expect(all).toContain('page=3');
  expect(all).not.toMatch(/qu3ry/);
});
