import type { Clock, EmitEvent, SourcePlan } from '../../../../core/engine.ts';
import { classify, type SluiceError } from '../../../../core/engine.ts';
import type { Logger } from '../../../../core/plugin.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import type { Coordinator, RunRegistry, WorkerPresence } from '../ledger/runs.ts';
import type { Janitor } from '../queue/janitor.ts';
import type { Lease } from './lease.ts';
import { pagesOf } from './pages-of.ts';

/** Milliseconds between two looks. */
const everyMs = 1000;
/** Milliseconds after which another may do what this process does not do any more. */
const dutyMs = 3000;
/** Milliseconds without a worker after which the user is told. */
const lonelyMs = 10_000;
/** Sources whose number of pages one look asks for; each has its turn. */
const sourcesInALook = 100;

export interface WatchOptions {
  readonly runId: string;
  readonly own: Coordinator;
  readonly lease: Pick<Lease, 'assertMine'>;
  readonly registry: RunRegistry;
  readonly ledger: RunLedger;
  readonly janitor: Janitor;
  readonly sources: readonly SourcePlan[];
  readonly clock: Clock;
  readonly emit: EmitEvent;
  readonly logger: Logger;
}

/** Looks after a run while its outcomes are read. */
export interface Watch {
  /** Why the run is not this process's any more; undefined while it is. */
  readonly fault: SluiceError | undefined;
  /** Those that have been heard of lately. */
  readonly workers: readonly WorkerPresence[];
  /** From now on nothing new is handed out. */
  pause(): void;
  /** Resolves when no look is under way. */
  stop(): Promise<void>;
}

/**
 * Each second: hands out what waits, as long as the run is this process's, and tells who works on it. One look at a time:
 * while Redis is away, it waits.
 */
export function startWatch(options: WatchOptions): Watch {
  const { runId, own, lease, registry, ledger, janitor, sources, clock, emit, logger } = options;
  let fault: SluiceError | undefined;
  let workers: readonly WorkerPresence[] = [];
  let paused = false;
  let stopped = false;
  let lonelySince: number | undefined = clock.now();
  let next = 0;
  const told = new Map<string, number>();
  let cancel: () => void = () => undefined;

  async function tellWorkers(): Promise<void> {
    const before = new Map(workers.map((worker) => [worker.id, worker]));
    workers = await registry.workers(runId);
    for (const { id, host, pid, concurrency } of workers) {
      if (before.delete(id)) continue;
      logger.info(`worker ${pid} on ${host} takes pages, up to ${concurrency} at once`, {
        event: 'worker-came',
        worker: id,
      });
    }
    for (const { id, host, pid } of before.values()) {
      logger.info(`worker ${pid} on ${host} is gone`, { event: 'worker-left', worker: id });
    }
    if (workers.length > 0) lonelySince = undefined;
    else lonelySince ??= clock.now();
    if (lonelySince !== undefined && clock.now() - lonelySince >= lonelyMs && !paused) {
      logger.warn('no worker takes pages: start "pipeline worker" with this config', { event: 'no-workers' });
      // Again after as long.
      lonelySince = clock.now();
    }
  }

  async function tellPages(): Promise<void> {
    let waiting = 0;
    for (let looked = 0; looked < Math.min(sources.length, sourcesInALook); looked++) {
      const plan = sources[next++ % sources.length];
      if (plan === undefined) continue;
      const standing = await ledger.source(plan.name).standing();
      waiting += standing.waiting + standing.open - standing.inWork;
      const pages = pagesOf(plan, standing);
      if (pages === told.get(plan.name) || !standing.begun) continue;
      told.set(plan.name, pages);
      emit({ type: 'pages-known', source: plan.name, pages });
    }
    const inHand = workers.reduce((sum, worker) => sum + worker.inHand, 0);
    emit({ type: 'workers', workers: workers.length, inHand, waiting });
  }

  async function lookOnce(): Promise<void> {
    await lease.assertMine();
    if (!paused && (await ledger.duty('janitor', own.id, dutyMs))) await janitor.sweep();
    await tellWorkers();
    await tellPages();
  }

  async function turn(): Promise<void> {
    try {
      await lookOnce();
      if (!stopped) cancel = clock.timer(everyMs, () => void (look = turn()));
    } catch (thrown) {
      fault = classify(thrown);
    }
  }

  let look = turn();
  return {
    get fault() {
      return fault;
    },
    get workers() {
      return workers;
    },
    pause() {
      paused = true;
    },
    async stop() {
      stopped = true;
      cancel();
      await look;
    },
  };
}
