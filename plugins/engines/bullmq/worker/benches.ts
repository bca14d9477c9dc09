import {
  type ByteBudget,
  createClients,
  createListings,
  createSamples,
  createSideRequests,
  type EmitEvent,
  type EngineContext,
  type LetterContent,
  onAbort,
  type PageProcessor,
  type ResolvedSource,
  type SourceClient,
  type SourcePlan,
  type StageClock,
} from '../../../../core/engine.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import { createAdding } from '../queue/new-requests.ts';
import type { SourceBench } from './page-work.ts';

export interface BenchesOptions {
  readonly context: Pick<EngineContext, 'clock' | 'clean'>;
  readonly sources: readonly ResolvedSource[];
  readonly ledger: RunLedger;
  readonly clients: (source: SourcePlan) => SourceClient;
  readonly stages: (source: string) => StageClock;
  readonly processor: PageProcessor;
  readonly budget: ByteBudget;
  readonly letters: LetterContent;
  readonly hash: (text: string) => bigint;
  readonly emit: EmitEvent;
  /** Has the janitor look at a source. */
  readonly tend: (source: string) => void;
  /** Nothing more may be fetched. */
  readonly signal: AbortSignal;
}

/** What pages are worked on with, by source; made when its first page comes. */
export interface Benches {
  /** Throws what making a client throws. */
  of(source: string): SourceBench;
  /** A source takes no more pages: what is being fetched of it is let go of. */
  stop(source: string): void;
  close(): Promise<void>;
}

export function createBenches(options: BenchesOptions): Benches {
  const { context, sources, ledger, processor, budget, letters, hash, emit, tend, signal } = options;
  const plans = new Map(sources.map((source) => [source.name, source]));
  const samples = createSamples(context.clean);
  const made = new Map<string, { readonly bench: SourceBench; readonly stop: AbortController }>();

  function make(plan: ResolvedSource) {
    const stop = new AbortController();
    onAbort(signal, () => stop.abort(signal.reason));
    const client = options.clients(plan);
    const stages = options.stages(plan.name);
    stages.begin();
    const ask = createSideRequests(plan, client, stages, stop.signal);
    const source = ledger.source(plan.name);
    const bench: SourceBench = {
      plan,
      ledger: source,
      adding: createAdding({ plan, ledger: source, hash }),
      listings: createListings(plan.plugin, hash),
      clients: createClients(plan, client, { clients: options.clients }),
      stages,
      process: (page) => processor.process(page, ask),
      budget,
      letters,
      samples,
      clock: context.clock,
      emit,
      tend: () => tend(plan.name),
      stop: () => stop.abort(),
      signal: stop.signal,
    };
    return { bench, stop };
  }

  return {
    of(name) {
      const known = made.get(name);
      if (known !== undefined) return known.bench;
      const plan = plans.get(name);
      if (plan === undefined) throw new TypeError(`no source of the run is called ${name}`);
      const fresh = make(plan);
      made.set(name, fresh);
      return fresh.bench;
    },
    stop(name) {
      const stopped = made.get(name);
      stopped?.stop.abort();
      stopped?.bench.stages.end();
    },
    async close() {
      await Promise.all([...made.values()].map(({ bench }) => bench.clients.close().catch(() => undefined)));
    },
  };
}
