import type { Clock, Engine, EnginePorts, PageOutcome, RunPlan, SourcePlan } from '../../../../core/engine.ts';
import { classify, onAbort, SluiceError } from '../../../../core/engine.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import type { GiveUp } from './give-up.ts';
import type { OutcomeReader } from './outcome-reader.ts';
import { missingPages } from './pages-of.ts';
import type { RunState } from './run-state.ts';
import type { Watch } from './watch.ts';

/** Milliseconds between two looks at the stream where nothing was in it. */
const pollMs = 100;
/** Milliseconds for which figures may still come after the last page: workers tell them once a second. */
const lateMs = 1500;
/** Milliseconds that workers have for what is in their hands when the run is stopped. */
const stopMs = 15_000;

export interface CoordinatorEngineOptions {
  readonly ledger: RunLedger;
  readonly state: RunState;
  readonly clock: Clock;
  /** Has workers take pages of the run. */
  readonly begin: () => Promise<void>;
  /** Has them take no more. */
  readonly halt: () => Promise<void>;
  readonly reader: OutcomeReader;
  readonly giveUp: Pick<GiveUp, 'stop' | 'excuse'>;
  readonly watch: (plan: RunPlan, ports: EnginePorts) => Watch;
}

/** The engine of a coordinator: hands over what workers tell of a run's pages, until all sources have ended. */
export function createCoordinatorEngine(options: CoordinatorEngineOptions): Engine {
  const { ledger, state, clock, begin, halt, reader, giveUp } = options;
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void clock.timer(ms, resolve));

  /** What earlier lives of the coordinator have told. */
  function* earlier({ emit }: EnginePorts): Iterable<PageOutcome> {
    for (const [sink, { filtered }] of state.sinks) {
      if (filtered > 0) emit({ type: 'sink-filtered', sink, records: filtered, earlier: true });
    }
    for (const { source, pages, error } of state.errors) {
      yield pages === 0 ? { kind: 'notice', source, error } : { kind: 'failed', source, pages, error };
    }
    for (const [source, ended] of state.ended) yield { kind: 'ended', source, state: ended };
  }

  /** What the pages that were not had failed by. The run can be taken up, and so nothing of it is kept. */
  async function* cutOff(sources: readonly SourcePlan[], error: SluiceError): AsyncIterable<PageOutcome> {
    for (const plan of sources) {
      if (state.ended.has(plan.name)) continue;
      const standing = await giveUp.excuse(() => ledger.source(plan.name).standing());
      // Without Redis, no more is sure than that it lacks a page.
      const pages = standing === undefined ? 1 : missingPages(plan, standing);
      yield { kind: 'failed', source: plan.name, pages, error };
      const some =
        standing === undefined
          ? (state.sources.get(plan.name)?.records ?? 0) > 0
          : standing.delivered + standing.skipped > 0;
      yield { kind: 'ended', source: plan.name, state: some ? 'partial' : 'failed' };
    }
  }

  /** With `onSourceFailure: abort`, the first source that fails ends the others. */
  async function abortBy(name: string, sources: readonly SourcePlan[]): Promise<void> {
    const error = new SluiceError('aborted', `stopped, because the source ${name} failed`);
    for (const plan of sources) if (!state.ended.has(plan.name)) await ledger.source(plan.name).refuse(error);
  }

  async function* outcomes(
    plan: RunPlan,
    ports: EnginePorts,
    watch: Watch,
    signal: AbortSignal,
  ): AsyncIterable<PageOutcome> {
    const { sources, onSourceFailure } = plan;
    const allEnded = (): boolean => sources.every(({ name }) => state.ended.has(name));
    // An earlier life of the coordinator may have died before it ended the others.
    const failed = [...state.ended].find(([, ended]) => ended === 'failed');
    if (failed !== undefined && onSourceFailure === 'abort') await abortBy(failed[0], sources);
    let quietSince = clock.now();
    let stopBy: number | undefined;
    for (;;) {
      if (watch.fault !== undefined) throw watch.fault;
      const read = await reader.next(ports.emit);
      for (const outcome of read) {
        yield outcome;
        const isFailure = outcome.kind === 'ended' && outcome.state === 'failed';
        if (isFailure && onSourceFailure === 'abort') await abortBy(outcome.source, sources);
      }
      await reader.checkpoint();
      const now = clock.now();
      if (read.length > 0) quietSince = now;
      if (allEnded() && now - quietSince >= lateMs) break;
      // However much there still is to read.
      if (signal.aborted && stopBy === undefined && !allEnded()) {
        stopBy = now + stopMs;
        watch.pause();
        await halt();
      }
      const atRest = now - quietSince >= lateMs && watch.workers.every(({ inHand }) => inHand === 0);
      if (stopBy !== undefined && (atRest || now >= stopBy)) break;
      if (read.length === 0) await pause(pollMs);
    }
    // Before the sources that are cut off are told how much they lack.
    while ((await reader.checkpoint(true)) === 'behind') yield* await reader.next(ports.emit);
  }

  /** The same with a watch over the run. */
  async function* attended(plan: RunPlan, ports: EnginePorts, signal: AbortSignal): AsyncIterable<PageOutcome> {
    let watch: Watch | undefined;
    try {
      if (!signal.aborted) await begin();
      watch = options.watch(plan, ports);
      yield* outcomes(plan, ports, watch, signal);
    } catch (thrown) {
      // What has been read until then stands.
      await giveUp.excuse(() => Promise.reject(thrown));
    } finally {
      await watch?.stop();
    }
  }

  return {
    async *run(plan, ports, signal) {
      const { sources } = plan;
      for (const { name, baseUrl, rateLimits, limitGroup, plugin } of sources) {
        const pagination = plugin.pagination.style ?? 'custom';
        ports.emit({ type: 'source-started', source: name, baseUrl, rateLimits, limitGroup, pagination });
      }
      yield* earlier(ports);
      const leave = onAbort(signal, giveUp.stop);
      try {
        yield* attended(plan, ports, signal);
        if (signal.aborted) yield* cutOff(sources, classify(signal.reason));
      } finally {
        leave();
      }
    },
  };
}
