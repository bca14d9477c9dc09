import { expect, test } from 'vitest';
import type { TransportFactory } from '../../core/contracts/http.ts';
import { createPipeline, type RunResult } from '../../core/index.ts';
import { defineSource, offsetPagination, type SinkPlugin } from '../../core/plugin.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memorySink } from '../support/sinks.ts';

const items = 100;
const deadlineMs = 2_000;
const never = new Promise<never>(() => undefined);

const shop = defineSource({
  name: 'shop',
  baseUrl: 'https://shop.test',
  rateLimit: { requests: 1000, perMs: 1000 },
  pagination: offsetPagination({ path: '/items', limit: 10, total: (body) => body['total'] }),
  items: (body) => body['items'],
  normalizer: { normalize: ({ id }: { id: number }) => ({ id, title: `item ${id}` }) },
});

/** Answers at once, so that only the sinks can be late. */
const transport: TransportFactory = () => ({
  async handle({ url, onPhase }) {
    onPhase?.('sent');
    const offset = Number(url.searchParams.get('offset'));
    const page = Array.from({ length: 10 }, (_, index) => ({ id: offset + index }));
    const body = new Uint8Array(new TextEncoder().encode(JSON.stringify({ items: page, total: items })));
    return { status: 200, headers: {}, url: url.href, body };
  },
  close: () => Promise.resolve(),
});

interface Outcome extends RunResult {
  /** Milliseconds, by the run's own clock. */
  readonly took: number;
  readonly warnings: readonly string[];
}

/** Runs the shop into the sinks, on a clock that only moves when nothing else can happen. */
async function run(sinks: (clock: ReturnType<typeof fakeClock>) => SinkPlugin[]): Promise<Outcome> {
  const clock = fakeClock();
  const warnings: string[] = [];
  const nothing = (): void => undefined;
  const logger = { error: nothing, warn: (text: string) => void warnings.push(text), info: nothing, debug: nothing };
  const config = { sources: [shop], sinks: sinks(clock), workers: { threads: 0 }, deadlineMs };
  const pipeline = await createPipeline(config, { clock, transport, logger });
  const started = clock.now();
  const result = await clock.run(pipeline.run());
  return { ...result, took: clock.now() - started, warnings };
}

test('records that the only sink had no time for are told in the report, the log and the exit code', async () => {
  const { report, exitCode, warnings, took } = await run((clock) => [
    memorySink('slow', { write: () => new Promise((resolve) => clock.timer(650, resolve)) }).plugin,
  ]);
  const { state, reconciliation } = report.monitoring.sinks['slow'] ?? {};
  const { written = 0, unwritten = 0 } = reconciliation ?? {};
  // Writes end at 0.65 s, 1.3 s, …: the fifth is under way when the time is over at 3 s, and ends in its grace.
  expect({ written, unwritten, took }).toEqual({ written: 50, unwritten: items - 50, took: 3_250 });
  expect(state).toBe('partial');
  expect(exitCode).toBe(3);
  expect(report.summary).toMatchObject({ partial: true, total_products: items });
  const message = expect.stringContaining(`${unwritten} records were fetched and not written`) as string;
  expect(report.errors).toMatchObject([
    { endpoint: 'slow', error: 'deadline_exceeded', records: unwritten, attempts: 0, message },
  ]);
  expect(warnings.filter((line) => line.startsWith('slow:'))).toEqual([message]);
});

test.each([
  ['write', { write: () => never }, 3_500, 3],
  // Nothing is fetched before the sinks are open: this run ends without a record.
  ['open', { open: () => never }, 3_500, 1],
  ['write and then its clean-up', { write: () => never, abort: () => never }, 4_000, 3],
])('a sink that hangs in its %s holds neither the run nor another sink', async (_, behaviour, most, code) => {
  const { report, exitCode, took } = await run(() => [memorySink('hung', behaviour).plugin, memorySink('well').plugin]);
  expect(took).toBeGreaterThanOrEqual(deadlineMs);
  expect(took).toBeLessThanOrEqual(most);
  expect(exitCode).toBe(code);
  expect(report.monitoring.sinks['hung']).toMatchObject({ state: 'failed' });
  expect(report.errors.find(({ endpoint }) => endpoint === 'hung')).toMatchObject({
    error: 'sink_failed',
    message: expect.stringContaining(`the deadline of ${deadlineMs} ms`) as string,
  });
  const { state, reconciliation } = report.monitoring.sinks['well'] ?? {};
  expect({ state, unwritten: reconciliation?.unwritten }).toEqual({ state: 'complete', unwritten: 0 });
  expect(reconciliation?.written).toBe(report.summary.total_products);
});
