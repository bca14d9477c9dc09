import {
  attemptOutcome,
  type BreakerState,
  type CircuitBreaker,
  type CircuitBreakerOptions,
  circuitOpen,
  classify,
  createFailureCount,
  createWaitingLine,
  type SluiceError,
} from '../../../../core/engine.ts';
import { type BreakerStep, type BreakerView, readFailure, writeFailure } from './breaker-protocol.ts';

/** When to open, and the way to what all workers know. */
export interface SharedBreakerOptions extends CircuitBreakerOptions {
  /** Takes a step; rejects only when all is over. */
  readonly step: (step: BreakerStep) => Promise<BreakerView>;
}

/** A breaker that is shared with other processes. */
export interface SharedBreaker extends CircuitBreaker {
  /** Takes in what was published. */
  learn(view: BreakerView): void;
  /** Asks for what may have been missed. */
  refresh(): void;
}

/** Longest time between two looks for a turn to probe while somebody waits, in milliseconds. */
const lookMs = 500;

/**
 * Builds a breaker of which all workers know whether it is open. Each counts its own attempts while it is closed; the first
 * that has seen enough opens it for all. Over all of them one probe at a time is made, and its result is everybody's.
 * A transition is told by the worker that made it.
 */
export function createSharedBreaker(options: SharedBreakerOptions): SharedBreaker {
  const { settings, clock, onTransition, step } = options;
  const { cooldownMs, probes } = settings;
  const count = createFailureCount(settings, clock);
  const line = createWaitingLine<void>({ onEmpty: disarm });
  let state: BreakerState = 'closed';
  /** Of the shared transitions; what is published late is told by it. */
  let era = 0;
  /** Of what this worker saw: an attempt from before a transition counts for nothing. */
  let generation = 0;
  let givenUp = false;
  let lastFailure: SluiceError | undefined;
  let lookAt = 0;
  /** Until then a turn of this worker is there for whoever comes to use it. */
  let turnUntil = -Infinity;
  let probing = false;
  let cancelTimer: (() => void) | undefined;
  let looking = false;

  function refusal(): SluiceError {
    return circuitOpen(givenUp ? probes : undefined, lastFailure);
  }

  function enter(to: BreakerState): void {
    if (state === to) return;
    state = to;
    generation += 1;
    if (to !== 'closed') return;
    count.clear();
    turnUntil = -Infinity;
    disarm();
    while (line.serve());
  }

  /** Takes in what is so now, as far as the server goes. */
  function follow(view: BreakerView): void {
    era = view.era;
    lookAt = clock.now() + Math.min(view.waitMs, Math.max(lookMs, cooldownMs));
    givenUp = view.givenUp;
    if (view.state !== 'closed') lastFailure = readFailure(view.failure) ?? lastFailure;
    enter(view.state);
    if (givenUp) line.refuse(refusal());
    arm();
  }

  async function take(one: BreakerStep, reason?: string): Promise<BreakerView> {
    const before = era;
    const view = await step(one);
    // Answer and messages come by two connections: an answer from before a message that was faster is old. One that is
    // lower than what was known when it was asked for is of a server that lost its memory.
    if (view.era >= era || era === before) follow(view);
    if (view.from !== view.state) onTransition(view.from, view.state, reason ?? reasonOf(view));
    return view;
  }

  function reasonOf(view: BreakerView): string {
    if (view.state === 'half-open') return `${cooldownMs} ms have passed`;
    if (view.state === 'closed') return 'the probe was answered';
    if (view.givenUp) return `given up: ${probes} probes in a row failed`;
    return `probe ${view.failedProbes} of ${probes} failed`;
  }

  /** Sends a step whose end nobody waits for; all that can end it is the end of the run. */
  function tell(one: BreakerStep, reason?: string): void {
    take(one, reason).catch(() => undefined);
  }

  async function look(): Promise<void> {
    looking = true;
    try {
      const { turn } = await take({ kind: 'turn' });
      if (turn) {
        turnUntil = clock.now() + cooldownMs;
        line.serve();
      } else {
        lookAt = Math.min(Math.max(lookAt, clock.now() + 1), clock.now() + lookMs);
      }
    } catch {
      return;
    } finally {
      looking = false;
    }
    arm();
  }

  /** One timer, and only while somebody waits and nothing else is under way that wakes them. */
  function arm(): void {
    disarm();
    if (line.length === 0 || probing || looking || state === 'closed') return;
    cancelTimer = clock.timer(Math.max(lookAt, turnUntil) - clock.now(), () => void look());
  }

  function disarm(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  function countFailure(error: SluiceError): void {
    lastFailure = error;
    const reason = count.failed();
    if (reason === undefined) return;
    // At once here; everywhere else as soon as it is known there.
    lookAt = clock.now() + cooldownMs;
    enter('open');
    tell({ kind: 'open', era, failure: writeFailure(error) }, reason);
  }

  async function attemptClosed<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const begun = generation;
    try {
      const result = await attempt();
      if (begun === generation) {
        lastFailure = undefined;
        count.answered();
      }
      return result;
    } catch (thrown) {
      const outcome = signal?.aborted === true ? 'nothing' : attemptOutcome(thrown);
      if (begun === generation && outcome === 'failure') countFailure(classify(thrown));
      else if (begun === generation && outcome === 'answer') count.answered();
      throw thrown;
    }
  }

  async function probe<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    probing = true;
    disarm();
    // Kept for as long as the attempt takes: it may wait for the limiter, or for an answer.
    const keep = (): void => {
      tell({ kind: 'keep' });
      cancelKeep = clock.timer(cooldownMs / 3, keep);
    };
    let cancelKeep = clock.timer(cooldownMs / 3, keep);
    const end = async (result: BreakerStep): Promise<void> => {
      cancelKeep();
      probing = false;
      await take(result);
    };
    let result: T;
    try {
      result = await attempt();
    } catch (thrown) {
      const outcome = signal?.aborted === true ? 'nothing' : attemptOutcome(thrown);
      const ending: BreakerStep =
        outcome === 'failure'
          ? { kind: 'failed', failure: writeFailure(classify(thrown)) }
          : { kind: outcome === 'answer' ? 'answered' : 'forget' };
      await end(ending).catch(() => undefined);
      throw thrown;
    }
    await end({ kind: 'answered' }).catch(() => undefined);
    return result;
  }

  // Before the first attempt: others may have opened it.
  const known = take({ kind: 'read' }).catch(() => undefined);

  return {
    get state() {
      return state;
    },
    get lastFailure() {
      return lastFailure;
    },
    get era() {
      return generation;
    },
    assertLets(since) {
      if (state === 'closed' || (state === 'half-open' && since === generation)) return;
      throw refusal();
    },
    async ready(signal) {
      await known;
      signal.throwIfAborted();
      if (givenUp) throw refusal();
      if (state === 'closed') return;
      const turn = line.join(signal);
      arm();
      await turn;
    },
    async execute(attempt, signal) {
      if (state === 'closed') return attemptClosed(attempt, signal);
      if (givenUp || probing) throw refusal();
      if (clock.now() >= turnUntil && !(await take({ kind: 'turn' })).turn) throw refusal();
      // While it was asked for, another attempt of this worker may have taken it.
      if (probing) throw refusal();
      turnUntil = -Infinity;
      return probe(attempt, signal);
    },
    learn(view) {
      if (view.era >= era) follow(view);
    },
    refresh() {
      tell({ kind: 'read' });
    },
  };
}
