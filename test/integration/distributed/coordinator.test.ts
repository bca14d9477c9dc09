import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RunRecord } from '../../../core/index.ts';
import { askDuckDb } from '../../support/duckdb.ts';
import type { Scene } from '../../support/distributed.ts';
import { manyPages, manyPagesSource } from '../../support/many-pages.ts';
import { redisMissing, startRedis } from '../../support/redis.ts';
import { useShop, pages, size } from './shop.ts';

interface Document {
  readonly products: readonly { readonly id: string }[];
}
interface Manifest {
  readonly records: number;
  readonly parts: readonly { readonly file: string; readonly records: number }[];
}

describe.skipIf(redisMissing !== undefined)('a coordinator', () => {
  const { ask, shop } = useShop();

  async function idsOf({ folder, read }: Scene): Promise<{ document: readonly string[]; parts: readonly string[] }> {
    const { products } = await read<Document>('out/products.json');
    const manifest = await read<Manifest>('out/products.ndjson.manifest.json');
    const texts = await Promise.all(manifest.parts.map(({ file }) => readFile(join(folder, 'out', file), 'utf8')));
    const lines = texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
    return {
      document: products.map(({ id }) => id).toSorted(),
      parts: lines.map((line) => (JSON.parse(line) as { id: string }).id).toSorted(),
    };
  }

  const all = Array.from({ length: pages * size }, (_, index) => `shop:${index + 1}`).toSorted();

  test('tells the history which upstream each source asks, and that it was read to its end', async () => {
    const scene = await shop({ config: { history: true } });
    const worker = scene.start('worker');
    expect(await scene.start('run').ended).toBe(0);
    worker.kill('SIGTERM');
    const kept = await askDuckDb(
      join(scene.folder, '.pipeline/history.duckdb'),
      'SELECT upstream, whole, records::INT AS records FROM sources',
    );
    const upstream: unknown = expect.stringMatching(/^http:\/\/(?:127|localhost)/);
    expect(kept).toEqual([{ upstream, whole: true, records: pages * size }]);
  }, 60_000);

  test.each([
    ['Ctrl-C', [], 130],
    ['its deadline', ['--deadline', '4s'], 1],
  ])(
    'waits a few seconds for a Redis that is away after %s, and the run is taken up later',
    async (by, args, code) => {
      const own = await startRedis({ appendOnly: true });
      onTestFinished(() => own.close());
      const scene = await shop({ redis: own.url });
      const worker = scene.start('worker');
      const first = scene.start('run', ...args);
      await first.says('takes pages');
      await own.halt();
      await first.says('is away: waiting for it');
      const since = Date.now();
      if (by === 'Ctrl-C') first.kill('SIGINT');
      expect(await first.ended).toBe(code);
      expect(Date.now() - since).toBeLessThan(15_000);
      expect(first.said()).toContain('the run stays as it is there, and "--resume" goes on with it');

      await own.start();
      // It could not let go of the run: nobody else has it for 10 seconds, which need not be waited for here.
      await own.ask('DEL', ...(await own.ask('KEYS', '*:duty:coordinator')).split('\n').filter((key) => key !== ''));
      expect(await scene.start('run', '--resume').ended).toBe(0);
      worker.kill('SIGTERM');
      expect(await idsOf(scene)).toEqual({ document: all, parts: all });
    },
    60_000,
  );

  test('that is killed is taken up by the next, and every record is there once', async () => {
    const scene = await shop();
    const worker = scene.start('worker');
    const first = scene.start('run', '--report', 'report.json');
    await first.says('takes pages');
    await worker.says('takes pages');
    await new Promise((resolve) => setTimeout(resolve, 1200));
    first.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const third = await takenUp(scene);
    expect(third.code).toBe(0);
    expect(await idsOf(scene)).toEqual({ document: all, parts: all });
    const { report } = await scene.read<RunRecord>('report.json');
    expect(report.summary).toMatchObject({ total_products: pages * size, partial: false });
    expect(report.monitoring.sources['shop']).toMatchObject({
      pages: { delivered: pages, failed: 0 },
      requests: pages,
    });
    expect(report.monitoring.lives).toBe(2);
  }, 60_000);

  /** A run that is taken up as soon as the coordinator that was killed counts as gone. */
  async function takenUp(scene: Scene) {
    for (;;) {
      const run = scene.start('run', '--resume', '--report', 'report.json');
      const code = await run.ended;
      if (code !== 2) return { code, said: run.said() };
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  test('that is interrupted leaves a run that goes on later', async () => {
    const scene = await shop();
    const worker = scene.start('worker');
    const first = scene.start('run');
    await worker.says('takes pages');
    await new Promise((resolve) => setTimeout(resolve, 800));
    first.kill('SIGINT');
    expect(await first.ended).toBe(130);
    expect(first.said()).toContain('stopping');
    const second = scene.start('run', '--resume');
    expect([await second.ended, second.said()]).toEqual([0, expect.stringContaining('life 2 of this run')]);
    expect(await idsOf(scene)).toEqual({ document: all, parts: all });
  }, 60_000);

  test('and its workers wait while the memory of Redis is full', async () => {
    const scene = await shop();
    const worker = scene.start('worker');
    const run = scene.start('run');
    await worker.says('takes pages');
    await new Promise((resolve) => setTimeout(resolve, 600));
    await ask('CONFIG', 'SET', 'maxmemory', '1');
    await run.says('OOM');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await ask('CONFIG', 'SET', 'maxmemory', '0');
    expect(await run.ended, run.said()).toBe(0);
    expect(await idsOf(scene)).toEqual({ document: all, parts: all });
    expect(worker.said()).not.toContain('error:');
  }, 60_000);

  test('that comes to its deadline has written what there is, and goes on later', async () => {
    // Slow enough that not all is there by then, with time for a busy machine to bring the first pages.
    const scene = await shop({ source: { use: './shop.mjs', concurrency: 1 } });
    const worker = scene.start('worker');
    await worker.says('waiting for a run');
    const first = scene.start('run', '--deadline', '3s', '--report', 'report.json');
    expect(await first.ended, first.said()).toBe(3);
    const { report } = await scene.read<RunRecord>('report.json');
    const { delivered, failed } = report.monitoring.sources['shop']?.pages ?? {};
    expect((delivered ?? 0) + (failed ?? 0)).toBe(pages);
    const { document, parts } = await idsOf(scene);
    expect([document.length, parts.length]).toEqual([report.summary.total_products, report.summary.total_products]);
    const second = scene.start('run', '--resume');
    expect(await second.ended).toBe(0);
    expect(await idsOf(scene)).toEqual({ document: all, parts: all });
  }, 60_000);

  test('has a sink that failed at the end put everything together once more, and asks nobody again', async () => {
    const scene = await shop();
    const sink = `import { appendFileSync, existsSync } from 'node:fs';
export default {
  name: 'own',
  distributed: 'assembled',
  delivers: 'on-close',
  open: async ({ baseDir }) => ({
    async write({ ndjson }) {
      if (existsSync(baseDir + '/full')) throw new Error('no space left');
      appendFileSync(baseDir + '/own.ndjson', ndjson);
    },
    commit: async () => null,
    close: async () => undefined,
    abort: async () => undefined,
  }),
};`;
    await writeFile(join(scene.folder, 'sink.mjs'), sink);
    await writeFile(join(scene.folder, 'full'), '');
    await scene.change({ sinks: ['./sink.mjs'] });
    const worker = scene.start('worker');
    const first = scene.start('run', '--report', 'report.json');
    expect(await first.ended).toBe(1);
    expect(first.said()).toContain('Have the sinks try again');
    const failed = (await scene.read<RunRecord>('report.json')).report;
    expect(failed.monitoring.sinks['own']?.reconciliation).toMatchObject({ written: 0, unwritten: pages * size });
    worker.kill('SIGTERM');
    await worker.ended;
    await rm(join(scene.folder, 'full'));
    const second = scene.start('run', '--resume', '--report', 'report.json');
    expect(await second.ended).toBe(0);
    const { report } = await scene.read<RunRecord>('report.json');
    expect(report.monitoring.sources['shop']).toMatchObject({ requests: pages, state: 'complete' });
    const lines = (await readFile(join(scene.folder, 'own.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id).toSorted()).toEqual(all);
  }, 60_000);

  test('ends the other sources with one that failed, where the config says so', async () => {
    const scene = await shop({ api: manyPages(pages, size, { missing: 7 }) });
    const dead = manyPagesSource(1).replace("name: 'shop'", "name: 'dead'").replace('page=${index + 1}', 'page=7');
    await writeFile(join(scene.folder, 'dead.mjs'), dead);
    const config = await scene.read<{ readonly sources: readonly [{ readonly baseUrl: string }] }>(
      'pipeline.config.json',
    );
    const [first] = config.sources;
    const other = { use: './dead.mjs', baseUrl: first.baseUrl };
    await scene.change({ sources: [first, other], onSourceFailure: 'abort' });
    scene.start('worker');
    const run = scene.start('run', '--report', 'report.json');
    expect(await run.ended).toBe(3);
    const { monitoring, errors } = (await scene.read<RunRecord>('report.json')).report;
    expect(monitoring.sources).toMatchObject({ dead: { state: 'failed' }, shop: { state: 'partial' } });
    expect(errors).toContainEqual(expect.objectContaining({ endpoint: 'shop', error: 'aborted' }));
    const { delivered = 0, failed = 0 } = monitoring.sources['shop']?.pages ?? {};
    expect([delivered < pages - 1, delivered + failed]).toEqual([true, pages]);
  }, 60_000);

  test('asks an incremental source for what has changed since its last run; of two that begin at once, one has the queue', async () => {
    const asked: string[] = [];
    const onRequest = ({ url }: { readonly url: string }): void => void asked.push(url);
    const scene = await shop({ mock: { rateLimit: false, onRequest } });
    const incremental = "incremental: { field: 'id', param: 'since', kind: 'sequence' },\n  items:";
    const plugin = manyPagesSource(2).replace('items:', incremental);
    await writeFile(join(scene.folder, 'shop.mjs'), plugin);
    scene.start('worker');
    const both = [scene.start('run'), scene.start('run')];
    const codes = await Promise.all(both.map(({ ended }) => ended));
    expect(codes).toHaveLength(2);
    expect(new Set(codes)).toEqual(new Set([0, 2]));
    expect(asked.filter((url) => url.includes('since'))).toEqual([]);
    const askedBy = async (...args: readonly string[]): Promise<readonly boolean[]> => {
      const before = asked.length;
      const run = scene.start('run', ...args);
      expect(await run.ended, run.said()).toBe(0);
      return asked.slice(before).map((url) => url.includes(`since=${2 * size}`));
    };
    expect(await askedBy()).toEqual([true, true]);
    expect(await askedBy('--full-refresh')).toEqual([false, false]);
  }, 60_000);
});
