import { hostname } from 'node:os';
import { type Clock, onAbort, type SourcePlan } from '../../../../core/engine.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import type { RegisteredRun, RunRegistry } from '../ledger/runs.ts';
import type { Janitor } from '../queue/janitor.ts';
import type { PageTaker } from '../queue/page-queue.ts';
import type { Hands } from './hands.ts';
import { until } from './pause.ts';
import type { Sessions } from './sessions.ts';
import type { WorkerFiguresTally } from './worker-figures.ts';

export interface WatchRunOptions {
  readonly run: RegisteredRun;
  readonly worker: string;
  readonly registry: RunRegistry;
  readonly ledger: RunLedger;
  readonly janitor: Janitor;
  readonly taker: Pick<PageTaker, 'pause' | 'resume'>;
  readonly hands: Hands;
  readonly sessions: Pick<Sessions, 'current'>;
  readonly figures: WorkerFiguresTally;
  /** Folds what nobody has taken of the outcomes. */
  readonly fold: () => Promise<void>;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly sources: readonly SourcePlan[];
  /** Each of them ends it. */
  readonly signals: readonly AbortSignal[];
}

/** `over` for good, or `left` for now: it is paused, or this worker is to stop. */
export type Watched = 'over' | 'left';

/** Milliseconds between two looks. */
const lookMs = 1000;
/** A duty that is not taken again within this time is anybody's. */
const dutyMs = 3000;
/** Outcomes that nobody has folded yet: beyond it the workers wait, so that Redis does not fill up. */
const mostOutcomes = 10_000;
/** So many are left to a coordinator that may come back: it can keep the rejected items, which a fold only counts. */
const unfoldedOutcomes = 5000;

/**
 * Sees to a run once a second, until it is over for this worker: tells that this worker lives and what its requests were,
 * holds back while nobody takes the outcomes, and does what the janitor has to do, if it is this one's.
 */
export async function watchRun(options: WatchRunOptions): Promise<Watched> {
  const { run, worker, registry, ledger, janitor, taker, hands, sources, figures, clock, signals } = options;
  const { runId } = run;
  const stop = AbortSignal.any([...signals]);
  let paused = false;

  async function hold(back: boolean): Promise<void> {
    if (back === paused) return;
    paused = back;
    hands.rest(back);
    if (back) await taker.pause();
    else taker.resume();
  }

  /** Whether nobody takes the outcomes; where that is because there is no coordinator, a worker folds them. */
  async function isCrowded(): Promise<boolean> {
    const backlog = await ledger.backlogOfOutcomes();
    const alone = backlog > unfoldedOutcomes && (await registry.coordinator(runId)) === undefined;
    if (alone && (await ledger.duty('fold', worker, dutyMs))) await options.fold();
    return backlog > mostOutcomes;
  }

  /** What has come of the run; undefined while it goes on. */
  async function look(): Promise<Watched | undefined> {
    const state = (await registry.find(runId))?.state;
    if (state === 'paused') return 'left';
    if (state !== 'running') return 'over';
    await registry.present(runId, {
      id: worker,
      host: hostname(),
      pid: process.pid,
      session: options.sessions.current?.id ?? '',
      concurrency: options.concurrency,
      inHand: hands.inHand,
      pagesDone: hands.done,
    });
    await ledger.tell(figures.take());
    await hold(await isCrowded());
    if (await ledger.duty('janitor', worker, dutyMs)) await janitor.sweep();
    const over = hands.inHand === 0 && (await ledger.endedSources()) >= sources.length;
    return over ? 'over' : undefined;
  }

  const stopped = new Promise<undefined>((resolve) => onAbort(stop, () => resolve(undefined)));
  while (!stop.aborted) {
    const looking = look();
    looking.catch(() => undefined);
    // A server that is away must not keep a worker that is to stop.
    const watched = await Promise.race([looking, stopped]);
    if (watched !== undefined) return watched;
    await until(clock, lookMs, stop);
  }
  return 'left';
}
