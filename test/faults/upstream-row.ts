/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SourceEntry } from '../../core/config/define-config.ts';
import { resolveConfig } from '../../core/config/resolve.ts';
import type { PipelineConfig, RunResult, TimedEvent } from '../../core/index.ts';
import { createPipeline } from '../../core/index.ts';
import type { SinkPlugin, SourcePlugin } from '../../core/plugin.ts';
import { defineNormalizer, defineSource, singlePage } from '../../core/plugin.ts';
import { httpServer, type FaultServer } from '../support/fault-server.ts';
import { silentLogger } from '../support/silent-logger.ts';
import type { FaultRow } from './fault-row.ts';
import { items } from './answers.ts';
import { outcomeOf } from './outcome.ts';

/** Where an upstream of a row runs, and what it may point to. */
export interface Surroundings {
  /** Another origin that answers well: nothing may ever arrive there. */
  readonly trap: FaultServer;
  /** A folder of the row's own. */
  readonly folder: string;
}

/** What a row may look at after its run. */
export interface Seen extends RunResult {
  readonly upstream: FaultServer;
  readonly events: readonly TimedEvent[];
  readonly records: readonly Record<string, unknown>[];
  readonly folder: string;
  readonly ms: number;
}

/** A fault of an upstream, a source or a sink, met by a whole run. */
export interface UpstreamRowOptions {
  readonly fault: string;
  readonly expected: string;
  /** Starts the upstream of the source that the row is about. */
  readonly upstream: (around: Surroundings) => Promise<FaultServer>;
  /** Part of the plugin of that source; by default it asks for one page, which is a list of items. */
  readonly source?: Partial<SourcePlugin>;
  /** Settings of that source in the config. */
  readonly settings?: Omit<SourceEntry, 'use'>;
  readonly config?: Omit<PipelineConfig, 'sources' | 'sinks'>;
  /** Beside one in memory. */
  readonly sinks?: (around: Surroundings) => PipelineConfig['sinks'];
  /** Default true. Without it, nothing is asked of the healthy source either: there may be nowhere to write to. */
  readonly inMemory?: boolean;
  /** Which outcome the row is about. Default: that of the source. */
  readonly outcome?: (seen: Seen) => string;
  /** The number of requests is a matter of timing, and not told. Default false. */
  readonly uncounted?: boolean;
  /** Milliseconds within which the run has to end. Default 10 000: it hangs nowhere. */
  readonly withinMs?: number;
  readonly alone?: boolean;
  readonly check?: (seen: Seen) => void | Promise<void>;
}

/** Nothing that waits for long. Time limits are short only in rows about time: a busy machine may stall the others. */
const quick: Omit<SourceEntry, 'use'> = {
  rateLimit: { requests: 1000, perMs: 100 },
  rateLimitMarginMs: 0,
  concurrency: 1,
  retry: { retries: 2, baseMs: 1, maxMs: 5 },
};

/** Makes the rows of one group. */
export function upstreamRows(group: string, rows: readonly UpstreamRowOptions[]): readonly FaultRow[] {
  return rows.map((options) => {
    const { fault, expected, alone = false } = options;
    return { group, fault, expected, alone, run: () => runRow(options) };
  });
}

async function runRow(options: UpstreamRowOptions): ReturnType<FaultRow['run']> {
  const servers: FaultServer[] = [];
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-fault-')));
  const start = async (server: Promise<FaultServer>): Promise<FaultServer> => {
    servers.push(await server);
    return server;
  };
  const clean = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const healthy = await start(wellBehaved());
    const trap = await start(wellBehaved());
    const around = { trap, folder };
    const upstream = await start(options.upstream(around));
    const run = await runPipeline(options, around, upstream.origin, healthy.origin);
    const seen = { ...run, upstream, folder };
    const requests = options.uncounted === true ? undefined : upstream.heads.length;
    const outcome = options.outcome?.(seen) ?? outcomeOf({ result: run, ...run, source: 'faulty', requests });
    return {
      outcome,
      async check() {
        try {
          expect(trap.accepted, 'connections to another origin').toBe(0);
          if (options.inMemory !== false) checkHealthy(seen);
          expect(seen.ms, 'milliseconds that the run took').toBeLessThan(options.withinMs ?? 10_000);
          await options.check?.(seen);
        } finally {
          await clean();
        }
      },
    };
  } catch (thrown) {
    await clean();
    throw thrown;
  }
}

async function runPipeline(
  { source, settings, config, sinks, inMemory = true }: UpstreamRowOptions,
  around: Surroundings,
  faultyUrl: string,
  healthyUrl: string,
): Promise<RunResult & Pick<Seen, 'events' | 'records' | 'ms'>> {
  const records: Record<string, unknown>[] = [];
  const resolved = await resolveConfig(
    {
      workers: { threads: 0 },
      ...config,
      sources: [
        { use: plugin('faulty', source), baseUrl: faultyUrl, ...quick, ...settings },
        { use: plugin('healthy'), baseUrl: healthyUrl, ...quick },
      ],
      sinks: [...(inMemory ? [memory(records)] : []), ...(sinks?.(around) ?? [])],
    },
    { baseDir: around.folder, env: {} },
  );
  const pipeline = await createPipeline(resolved, { logger: silentLogger });
  const events: TimedEvent[] = [];
  pipeline.on((event) => void events.push(event));
  const started = performance.now();
  const result = await pipeline.run();
  return { ...result, events, records, ms: performance.now() - started };
}

/** Whatever befalls another source or sink: this source is whole, and so is what the sink in memory has. */
function checkHealthy({ report, records }: Seen): void {
  const well = { state: 'complete', records: 3, requests: 1 };
  expect(report.monitoring.sources['healthy'], 'the healthy source').toMatchObject(well);
  expect(report.monitoring.sinks['memory'], 'the sink in memory').toMatchObject({ state: 'complete' });
  expect(records, 'records in memory').toHaveLength(report.summary.total_products);
}

function plugin(name: string, change: Partial<SourcePlugin> = {}): SourcePlugin {
  return defineSource({
    name,
    baseUrl: 'http://127.0.0.1',
    rateLimit: { requests: 1000, perMs: 100 },
    pagination: singlePage({ path: '/items' }),
    normalizer: defineNormalizer({ normalize: (item: { readonly id: number }) => item }),
    ...change,
  });
}

function memory(records: Record<string, unknown>[]): SinkPlugin {
  return {
    name: 'memory',
    open: () =>
      Promise.resolve({
        write: async (batch) => void records.push(...batch.records()),
        commit: () => Promise.resolve(records.length),
        close: () => Promise.resolve(),
        abort: () => Promise.resolve(),
      }),
  };
}

function wellBehaved(): Promise<FaultServer> {
  return httpServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(items(1, 3)));
  });
}
