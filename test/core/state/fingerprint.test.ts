import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resolveConfig } from '../../../core/config/resolve.ts';
import type { PipelineConfig } from '../../../core/index.ts';
import { cursorPagination, defineSource, offsetPagination, type SourcePlugin } from '../../../core/plugin.ts';
import { createRedactor } from '../../../core/redact.ts';
import { differences, type Fingerprint, takeFingerprint } from '../../../core/state/fingerprint.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const pagination = offsetPagination({ path: '/things', limit: 20 });

function shop(change: Partial<SourcePlugin> = {}): SourcePlugin {
  return defineSource({
    name: 'shop',
    baseUrl: 'https://shop.test',
    rateLimit: { requests: 5, perMs: 1000 },
    pagination,
    normalizer: { normalize: ({ id }: { id: number }) => ({ id, title: 'x' }) },
    ...change,
  });
}

const base: PipelineConfig = {
  sources: [{ use: shop() }],
  sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
  workers: { threads: 0 },
};

async function of(change: Partial<PipelineConfig> = {}, env: Record<string, string> = {}): Promise<Fingerprint> {
  const config = await resolveConfig({ ...base, ...change }, { baseDir: '/base', env });
  return (await takeFingerprint(config, createRedactor(config.secrets))).fingerprint;
}

const changed = async (change: Partial<PipelineConfig>, retry = false): Promise<readonly string[]> =>
  differences(await of(), await of(change), retry);

describe('a fingerprint', () => {
  it.each<[string, Partial<PipelineConfig>, readonly string[]]>([
    ['a base URL', { sources: [{ use: shop(), baseUrl: 'https://other.test' }] }, ['source shop: base URL']],
    ['a sink’s options', { sinks: [{ use: 'ndjson', path: 'other.ndjson' }] }, ['sink ndjson']],
    ['another sink', { sinks: [...base.sinks, 'stdout'] }, ['sinks', 'sink stdout']],
    [
      'another source',
      { sources: [...base.sources, { use: shop(), name: 'second' }] },
      ['sources', 'source second: plugin', 'source second: base URL', 'source second: pagination'],
    ],
  ])('tells %s', async (_what, change, parts) => expect(await changed(change)).toEqual(parts));

  it('tells other options of a factory, but no other secret in them', async () => {
    const made = (options: object) => ({
      sources: [{ use: { name: 'shop', options: z.looseObject({}), create: () => inFile() }, options }],
    });
    const inFile = (): SourcePlugin =>
      shop({ normalizer: { module: 'file:///shop.mjs', normalize: ({ id }: { id: number }) => ({ id }) } });
    const was = await of(made({ region: 'eu', key: '${SHOP_PASSWORD}' }), { SHOP_PASSWORD: 'a-first-password' });
    const is = await of(made({ region: 'eu', key: '${SHOP_PASSWORD}' }), { SHOP_PASSWORD: 'another-password' });
    expect(differences(was, is)).toEqual([]);
    const other = await of(made({ region: 'us', key: '${SHOP_PASSWORD}' }), { SHOP_PASSWORD: 'a-first-password' });
    expect(differences(was, other)).toEqual(['source shop: options']);
  });

  it('tells another page size and another pager, even where the plugin is the same to look at', async () => {
    const limit = offsetPagination({ path: '/things', limit: 50 });
    expect(await changed({ sources: [shop({ pagination: limit })] })).toContain('source shop: pagination');
    const cursor = cursorPagination({ path: '/things', cursor: (body) => body['next'] });
    expect(await changed({ sources: [shop({ pagination: cursor })] })).toContain('source shop: pagination');
  });

  it('tells another normalizer and another model, but not to a retry', async () => {
    const fixed = shop({ normalizer: { normalize: ({ id }: { id: number }) => ({ id, title: 'fixed' }) } });
    expect(await changed({ sources: [fixed] })).toEqual(['source shop: plugin']);
    expect(await changed({ sources: [fixed] }, true)).toEqual([]);
    const model = {
      name: 'thing',
      schema: { '~standard': { version: 1, vendor: 'x', validate: (value: unknown) => ({ value: value as object }) } },
    } as const;
    expect(await changed({ model })).toEqual(['model']);
    expect(await changed({ model }, true)).toEqual([]);
  });

  it('does not tell limits, timeouts, deadlines or where runs are kept', async () => {
    const rateLimit = { requests: 1, perMs: 5000 };
    const sources = [
      {
        use: shop(),
        rateLimit,
        concurrency: 1,
        maxPages: 7,
        retry: { retries: 0 },
        timeouts: { bodyMs: 5 },
        breaker: { failures: 9 },
      },
    ];
    const sinks = [{ use: 'ndjson', path: 'out.ndjson', timeoutMs: 5 }];
    const change = { sources, sinks, deadlineMs: 5, onSourceFailure: 'abort', state: { dir: 'elsewhere' } } as const;
    expect(await changed(change)).toEqual([]);
  });

  it('is the same when a secret has another value', async () => {
    const sources = [
      { use: shop(), baseUrl: 'https://user:${SHOP_PASSWORD}@shop.test', headers: { 'x-key': '${SHOP_PASSWORD}' } },
    ];
    const was = await of({ sources }, { SHOP_PASSWORD: 'a-first-password' });
    expect(await of({ sources }, { SHOP_PASSWORD: 'another-password' })).toEqual(was);
    expect(JSON.stringify(was)).not.toContain('password');
  });

  it('tells another text of a plugin’s file, and has its hash for a version', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'shop.mjs');
    const text = (title: string): string =>
      `export default { name: 'shop', baseUrl: 'https://shop.test', rateLimit: { requests: 5, perMs: 1000 },
        pagination: { style: 'single', needs: 'headers', first: () => [{ key: 'all', url: '/' }], next: () => [] },
        normalizer: { normalize: ({ id }) => ({ id, title: '${title}' }) } };`;
    const take = async () => {
      const config = await resolveConfig({ ...base, sources: [file] }, { baseDir: folder, env: {} });
      return takeFingerprint(config, (same) => same);
    };
    await writeFile(file, text('one'));
    const was = await take();
    await writeFile(file, text('two'));
    const is = await take();
    expect(differences(was.fingerprint, is.fingerprint)).toEqual(['source shop: plugin']);
    expect(was.versions.get('shop')).toMatch(/^[0-9a-f]{12}$/);
  });
});
