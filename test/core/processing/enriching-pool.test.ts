import { describe, expect, it, onTestFinished } from 'vitest';
import type { PageVerdict } from '../../../core/contracts/batch.ts';
import type { Ask } from '../../../core/contracts/enricher.ts';
import { SluiceError } from '../../../core/errors.ts';
import { createWorkerPool } from '../../../core/processing/pool.ts';
import { pageOf, readable, recordsOf } from './page.ts';

// A thread can't run TypeScript: the pool is this one, the worker is the built one.
const dist = new URL('../../../dist/', import.meta.url);

function setUp(ask: Ask) {
  const pool = createWorkerPool({
    threads: 1,
    batchBytes: 1,
    enriching: true,
    recordTimeoutMs: 400,
    sources: { enriched: { kind: 'module', url: new URL('fixtures/enriched-source.ts', import.meta.url).href } },
    model: {
      name: 'product',
      locator: { kind: 'module', url: new URL('plugins/models/product/index.js', dist).href },
    },
    hashKey: 5n,
    workerUrl: new URL('core/processing/worker.js', dist),
  });
  onTestFinished(() => pool.close());
  return (...items: readonly object[]) => pool.process(pageOf(items, { source: 'enriched' }), ask);
}

const answer = (title: string) => ({
  status: 200,
  headers: {},
  body: new Uint8Array(new TextEncoder().encode(JSON.stringify({ title }))),
});
const idOf = (url: string): string => url.replace('/detail?id=', '');
const titles = (verdict: PageVerdict) => recordsOf(readable(verdict)).map(({ title }) => title);

describe('enrichers in a worker thread', { timeout: 30_000 }, () => {
  it('ask on the main thread, side by side within their limit, and the records keep their order', async () => {
    let underWay = 0;
    let most = 0;
    const process = setUp(async ({ url }) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 40 - Number(idOf(url)) * 4));
      underWay--;
      return answer(`t${idOf(url)}`);
    });
    const items = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => ({ id }));
    expect(titles(await process(...items))).toEqual(items.map(({ id }) => `t${id}`));
    expect(most).toBe(4);
  });

  it('may wait longer for an answer than any code may take: waiting is no hang', async () => {
    const process = setUp(async ({ url }) => {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return answer(`t${idOf(url)}`);
    });
    expect(titles(await process({ id: 1 }, { id: 2 }))).toEqual(['t1', 't2']);
  });

  it.each(['hang', 'hang-later', 'exit'])('cost one record where their code goes wrong (%s)', async (fault) => {
    const process = setUp(async ({ url }) => answer(`t${idOf(url)}`));
    const verdict = readable(await process({ id: 1 }, { id: 2, fault }, { id: 3 }));
    expect(titles(verdict)).toEqual(['t1', 't3']);
    expect(verdict.rejects).toMatchObject([
      { index: 1, reason: fault === 'exit' ? 'record_crashed' : 'record_timeout' },
    ]);
  });

  it('tell with which code a request failed, for that record alone', async () => {
    const process = setUp(async ({ url }) => {
      if (idOf(url) === '2') throw new SluiceError('http_404', 'answered 404', { status: 404 });
      return answer('found');
    });
    const verdict = readable(await process({ id: 1 }, { id: 2 }));
    expect(titles(verdict)).toEqual(['found']);
    expect(verdict.rejects).toMatchObject([{ index: 1, reason: 'enrichment_failed', message: 'detail: answered 404' }]);
  });

  it('judge nothing by a stop of the source: the page fails as a whole', async () => {
    const process = setUp(async ({ url }) => {
      if (idOf(url) === '2') throw new SluiceError('interrupted', 'the source was stopped');
      return answer('found');
    });
    expect(await process({ id: 1 }, { id: 2 })).toMatchObject({ ok: false, code: 'worker_failed' });
  });
});
