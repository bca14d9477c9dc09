import type { Clock } from '../../contracts/clock.ts';
import type { BreakerState, CircuitBreaker } from '../../contracts/resilience.ts';
import type { BreakerSettings } from '../../config/resolved.ts';
import { classify, type SluiceError } from '../../errors.ts';
import { attemptOutcome } from './attempt-outcome.ts';
import { circuitOpen } from './circuit-open.ts';
import { createFailureCount } from './failure-count.ts';
import { createWaitingLine } from '../../waiting-line.ts';

/** When to open, by which clock, and who hears of it. */
export interface CircuitBreakerOptions {
  readonly settings: BreakerSettings;
  readonly clock: Clock;
  /** Told of each change, with the reason in words. */
  readonly onTransition: (from: BreakerState, to: BreakerState, reason: string) => void;
}

/**
 * Builds a breaker (Nygard, "Release It!"): closed until the upstream fails too often, then open for `cooldownMs`,
 * then half-open for one probe at a time, whose result closes it or opens it again. After `probes` failed probes in a
 * row the upstream is given up, for good.
 */
export function createCircuitBreaker({ settings, clock, onTransition }: CircuitBreakerOptions): CircuitBreaker {
  const { cooldownMs, probes } = settings;
  const count = createFailureCount(settings, clock);
  const line = createWaitingLine<void>({ onEmpty: disarm });
  let state: BreakerState = 'closed';
  // Counts the transitions. An attempt carries the era in which it began: what comes back from an earlier one (a slow
  // response to a request sent before the breaker opened) neither closes it nor passes for a probe.
  let era = 0;
  let failedProbes = 0;
  let probing = false;
  let openUntil = 0;
  // Whoever `ready` let go is expected to probe by then. If it never does (it was aborted on the way), the turn passes
  // on, so that nobody waits for ever.
  let turnEndsAt = 0;
  let givenUp = false;
  let lastFailure: SluiceError | undefined;
  let cancelTimer: (() => void) | undefined;

  function transition(to: BreakerState, reason: string): void {
    const from = state;
    state = to;
    era += 1;
    probing = false;
    onTransition(from, to, reason);
  }

  function open(reason: string): void {
    openUntil = clock.now() + cooldownMs;
    turnEndsAt = 0;
    transition('open', reason);
    arm();
  }

  function close(): void {
    failedProbes = 0;
    count.clear();
    disarm();
    transition('closed', 'the probe was answered');
    while (line.serve());
  }

  function refusal(): SluiceError {
    return circuitOpen(givenUp ? probes : undefined, lastFailure);
  }

  function mayProbe(): boolean {
    return !givenUp && !probing && clock.now() >= openUntil;
  }

  function halfOpen(): void {
    if (state === 'open') transition('half-open', `${cooldownMs} ms have passed`);
  }

  /** Lets one caller of `ready` go: all of them at once would only be refused, but for one. */
  function takeTurn(): void {
    halfOpen();
    turnEndsAt = clock.now() + cooldownMs;
  }

  function passTurn(): void {
    if (line.length > 0 && mayProbe() && clock.now() >= turnEndsAt) {
      takeTurn();
      line.serve();
    }
    arm();
  }

  /** One timer, and only while somebody waits: an idle breaker keeps no process alive. A probe's end needs none. */
  function arm(): void {
    disarm();
    if (line.length === 0 || probing || state === 'closed') return;
    cancelTimer = clock.timer(Math.max(openUntil, turnEndsAt) - clock.now(), passTurn);
  }

  function disarm(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  function countFailure(error: SluiceError): void {
    lastFailure = error;
    if (state === 'half-open') {
      failedProbes += 1;
      givenUp = failedProbes >= probes;
      if (givenUp) line.refuse(refusal());
      open(givenUp ? `given up: ${probes} probes in a row failed` : `probe ${failedProbes} of ${probes} failed`);
      return;
    }
    const reason = count.failed();
    if (reason !== undefined) open(reason);
  }

  function countAnswer(): void {
    lastFailure = undefined;
    if (state === 'half-open') return close();
    count.answered();
  }

  function forget(): void {
    if (state !== 'half-open') return;
    probing = false;
    turnEndsAt = 0;
    passTurn();
  }

  return {
    get state() {
      return state;
    },
    get lastFailure() {
      return lastFailure;
    },
    get era() {
      return era;
    },
    assertLets(since) {
      // A probe is let through in the era that it is made in.
      if (state === 'closed' || (state === 'half-open' && since === era)) return;
      throw refusal();
    },
    ready(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (givenUp) return Promise.reject(refusal());
      if (state === 'closed') return Promise.resolve();
      if (line.length === 0 && mayProbe() && clock.now() >= turnEndsAt) {
        takeTurn();
        return Promise.resolve();
      }
      const turn = line.join(signal);
      arm();
      return turn;
    },
    async execute(attempt, signal) {
      if (state !== 'closed') {
        if (!mayProbe()) throw refusal();
        halfOpen();
        probing = true;
        disarm();
      }
      const begun = era;
      try {
        const result = await attempt();
        if (begun === era) countAnswer();
        return result;
      } catch (thrown) {
        if (begun === era) {
          const outcome = signal?.aborted === true ? 'nothing' : attemptOutcome(thrown);
          if (outcome === 'failure') countFailure(classify(thrown));
          else if (outcome === 'answer') countAnswer();
          else forget();
        }
        throw thrown;
      }
    },
  };
}
