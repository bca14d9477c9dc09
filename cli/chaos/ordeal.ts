import { setTimeout as sleep } from 'node:timers/promises';
import type { ListedRun, ResumeRequest } from '../../core/index.ts';
import { armKill, type KillContext } from './arm-kill.ts';
import type { KillMoment } from './kill-moments.ts';
import type { Life, LifeEnd } from './life.ts';

/** Lives that a moment is waited for in vain before it is replaced by one that comes for certain. */
const mostMisses = 2;
/** Lives beside those that are killed: each run has one that comes to its end, and faults may make more of it. */
const spareLives = 25;

export interface OrdealOptions extends Omit<KillContext, 'life' | 'upstreams'> {
  readonly upstreams: KillContext['upstreams'] & { readonly requests: number; forgetAsked(): void };
  readonly moments: readonly KillMoment[];
  readonly startLife: (resume: ResumeRequest) => Life;
  /** The last run in the state folder. */
  readonly newestRun: () => Promise<ListedRun | undefined>;
  /** Milliseconds in which a life that lives has to ask for something, or to end. */
  readonly quietMs: number;
  readonly signal: AbortSignal;
  /** Called between two lives. */
  readonly afterLife?: (end: LifeEnd) => void | Promise<void>;
  /** Called when a run is complete: its outputs are there. Returns why not to go on, where that is so. */
  readonly judge: () => Promise<string | undefined>;
}

/** What it took. */
export interface Ordeal {
  readonly lives: number;
  readonly kills: number;
  /** Runs that came to their end. */
  readonly runs: number;
  /** Why it was given up, where it was. */
  readonly problem: string | undefined;
}

/**
 * Begins a run and kills it at each of the moments in turn, resuming it every time until it is complete; where moments
 * are left then, they are for another run. Never rejects for what a life does; gives up where one breaks or hangs.
 */
export async function undergo(options: OrdealOptions): Promise<Ordeal> {
  const { upstreams, startLife, newestRun, quietMs, signal, afterLife, judge } = options;
  const moments = [...options.moments];
  const mostLives = 2 * moments.length + spareLives;
  const finished = new Set<string>();
  let [lives, kills, misses] = [0, 0, 0];
  const result = (problem?: string): Ordeal => ({ lives, kills, runs: finished.size, problem });

  for (;;) {
    signal.throwIfAborted();
    const newest = await newestRun();
    const run = newest === undefined || finished.has(newest.id) ? undefined : newest;
    if (run?.state === 'complete') {
      finished.add(run.id);
      const problem = await judge();
      if (problem !== undefined || moments.length === 0) return result(problem);
      upstreams.forgetAsked();
      continue;
    }
    if (run?.state === 'damaged') return result(`the journal of run ${run.id} can't be read`);
    if (lives === mostLives) return result(`not complete after ${lives} lives`);

    lives += 1;
    // Pages that failed for good have ended the run in part: such a one is taken up by its id only.
    const life = startLife(run?.resumable === 'by id' ? { kind: 'run', runId: run.id } : { kind: 'last' });
    const [moment] = moments;
    const callOff = moment === undefined ? undefined : armKill(moment, { ...options, life });
    const end = await watchLife({ life, upstreams, quietMs, signal });
    callOff?.();
    await afterLife?.(end);
    switch (end.kind) {
      case 'killed':
        kills += 1;
        misses = 0;
        moments.shift();
        break;
      case 'ended':
        misses += 1;
        if (moment !== undefined && misses >= mostMisses) {
          moments[0] = { after: 'start', ms: Math.floor(moment.ms / 2) };
        }
        break;
      case 'broken':
        return result(end.message);
    }
  }
}

export interface WatchOptions extends Pick<OrdealOptions, 'quietMs' | 'signal'> {
  readonly life: Life;
  readonly upstreams: { readonly requests: number };
}

/** Waits for the end of a life, and ends one that hangs. Rejects with the signal's reason, once the life has ended too. */
export async function watchLife({ life, upstreams, quietMs, signal }: WatchOptions): Promise<LifeEnd> {
  const over = new AbortController();
  void life.ended.then(() => over.abort());
  const stop = AbortSignal.any([over.signal, signal]);
  for (let before = -1; before !== upstreams.requests;) {
    before = upstreams.requests;
    await sleep(quietMs, undefined, { signal: stop }).catch(() => undefined);
    if (!stop.aborted) continue;
    if (!over.signal.aborted) life.kill();
    const end = await life.ended;
    signal.throwIfAborted();
    return end;
  }
  life.kill();
  await life.ended;
  return { kind: 'broken', message: `a life neither asked for anything nor ended for ${quietMs} ms` };
}
