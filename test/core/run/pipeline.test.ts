import { describe, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse, TransportFactory } from '../../../core/contracts/http.ts';
import { createPipeline } from '../../../core/index.ts';
import { defineSource, offsetPagination, type SinkPlugin, type SourcePlugin } from '../../../core/plugin.ts';
import { runToFile } from '../../support/pipeline.ts';
import { silentLogger } from '../../support/silent-logger.ts';

const pagination = offsetPagination({ path: '/items', limit: 2, total: (body) => body['total'] });

function shop(name: string, change: Partial<SourcePlugin> = {}): SourcePlugin {
  return defineSource({
    name,
    baseUrl: `https://${name}.test`,
    rateLimit: { requests: 1000, perMs: 1000 },
    pagination,
    items: (body) => body['items'],
    normalizer: { normalize: ({ id }: { id: number }) => ({ id, title: `item ${id}` }) },
    ...change,
  });
}

/** An upstream of five items. */
async function answer({ url, onPhase }: HttpRequest): Promise<HttpResponse> {
  onPhase?.('sent');
  const offset = Number(url.searchParams.get('offset'));
  const items = [1, 2, 3, 4, 5].slice(offset, offset + 2).map((id) => ({ id }));
  const body = new Uint8Array(new TextEncoder().encode(JSON.stringify({ items, total: 5 })));
  return { status: 200, headers: { 'x-total': '5' }, url: url.href, body };
}

const transport: TransportFactory = () => ({ handle: answer, close: () => Promise.resolve() });

/** A sink that forgets everything; `change` replaces some of its operations. */
function sink(change: Partial<Awaited<ReturnType<SinkPlugin['open']>>> = {}): SinkPlugin {
  const done = (): Promise<void> => Promise.resolve();
  return {
    name: 'nowhere',
    open: () => Promise.resolve({ write: done, commit: () => Promise.resolve(0), close: done, abort: done, ...change }),
  };
}

describe('a run', () => {
  test('is whole although one transport can not be closed', async () => {
    const stubborn: TransportFactory = (options) => ({
      ...transport(options),
      close: () => Promise.reject(new Error('still busy')),
    });
    const { document } = await runToFile({ sources: [shop('one')] }, { transport: stubborn });
    expect(document.products).toHaveLength(5);
    expect(document.errors).toMatchObject([{ endpoint: 'one', message: 'still busy' }]);
  });

  test('goes on with the others where one source has no transport', async () => {
    const picky: TransportFactory = (options) => {
      if (options.origin.includes('two')) throw new Error('no transport for this one');
      return transport(options);
    };
    const { document, exitCode } = await runToFile({ sources: [shop('one'), shop('two')] }, { transport: picky });
    expect(exitCode).toBe(3);
    expect(document.products).toHaveLength(5);
    expect(document.errors).toMatchObject([{ endpoint: 'two', message: 'no transport for this one' }]);
  });

  test('is not held up by a pager that trips over the headers', async () => {
    const broken = {
      ...pagination,
      totalInHeaders: (): number => {
        throw new Error('not the headers I know');
      },
    };
    const { document } = await runToFile(
      { sources: [shop('one', { pagination: broken }), shop('two')] },
      { transport },
    );
    expect(document.products).toHaveLength(10);
    expect(document.errors).toEqual([]);
  });

  test('an interrupt while the sinks finish makes nothing partial of what is whole', async () => {
    const stop = new AbortController();
    const slow = sink({
      async close() {
        stop.abort();
        await new Promise<void>((resolve) => setTimeout(resolve, 20));
      },
    });
    const { report, exitCode } = await runToFile({ sources: [shop('one')], sinks: [slow] }, { transport }, stop.signal);
    expect(exitCode).toBe(0);
    expect(report.summary.partial).toBe(false);
  });

  test('ends with code 1 where every sink has failed, and does not go on fetching', async () => {
    const failing = sink({ write: () => Promise.reject(new Error('no space')) });
    const pipeline = await createPipeline(
      { sources: [shop('one')], sinks: [failing], workers: { threads: 0 } },
      { transport, logger: silentLogger },
    );
    const { exitCode, report } = await pipeline.run();
    expect(exitCode).toBe(1);
    expect(report.monitoring.sinks['nowhere']?.reconciliation).toMatchObject({ written: 0 });
  });

  test('tells what was fetched and not written when the deadline came', async () => {
    const slow = sink({ write: () => new Promise((resolve) => setTimeout(resolve, 700)) });
    const { report, exitCode, document } = await runToFile(
      { sources: [shop('one')], sinks: [slow], deadlineMs: 200 },
      { transport },
    );
    expect(exitCode).toBe(3);
    expect(document.products).toHaveLength(5);
    const { state, reconciliation } = report.monitoring.sinks['nowhere'] ?? {};
    expect(state).toBe('partial');
    expect(reconciliation?.unwritten).toBeGreaterThan(0);
    expect(report.errors).toMatchObject([
      { endpoint: 'nowhere', error: 'deadline_exceeded', records: reconciliation?.unwritten },
    ]);
  });

  test('a sink that hangs does not hold the run long past the deadline', async () => {
    const hung = sink({ write: () => new Promise(() => undefined) });
    const started = performance.now();
    const { report, exitCode, document } = await runToFile(
      { sources: [shop('one')], sinks: [hung], deadlineMs: 100 },
      { transport },
    );
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(exitCode).toBe(3);
    expect(document.products).toHaveLength(5);
    expect(report.monitoring.sinks['nowhere']).toMatchObject({ state: 'failed' });
  });

  test('can not be had twice from one pipeline', async () => {
    const config = { sources: [shop('one')], sinks: [sink()], workers: { threads: 0 } };
    const pipeline = await createPipeline(config, { transport, logger: silentLogger });
    await pipeline.run();
    await expect(pipeline.run()).rejects.toThrow('a pipeline runs once');
  });
});
