import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BreakerSettings } from '../../../../core/config/resolved.ts';
import { createCircuitBreaker } from '../../../../core/http/resilience/circuit-breaker.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { failureWith, rejection } from '../support.ts';

interface Turn {
  /** Milliseconds before it asks, and that its attempt takes. */
  readonly before: number;
  readonly takes: number;
  readonly ends: 'success' | 'failure' | 'answer' | 'abort' | 'lost-turn';
  /** Asks whether the breaker is ready, as the worklist does; a retry does not. */
  readonly asks: boolean;
}

const turn = fc.record<Turn>({
  before: fc.nat(400),
  takes: fc.nat(300),
  ends: fc.constantFrom('success', 'failure', 'failure', 'failure', 'answer', 'abort', 'lost-turn'),
  asks: fc.boolean(),
});
const callers = fc.array(fc.array(turn, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 6 });
const settings = fc.record<BreakerSettings>({
  failures: fc.integer({ min: 1, max: 5 }),
  failureRate: fc.double({ min: 0.2, max: 1, noNaN: true }),
  minimumResults: fc.integer({ min: 1, max: 10 }),
  windowMs: fc.integer({ min: 100, max: 3000 }),
  cooldownMs: fc.integer({ min: 1, max: 500 }),
  probes: fc.integer({ min: 1, max: 4 }),
});

const changes = new Set(['closed > open', 'open > half-open', 'half-open > open', 'half-open > closed']);

test('whatever comes: one probe at a time, none before the cooldown, nothing after giving up, and nobody waits for ever', async () => {
  await fc.assert(
    fc.asyncProperty(callers, settings, async (all, chosen) => {
      const clock = fakeClock();
      let openedAt = -Infinity;
      let givenUp = false;
      let probing = 0;
      // What is thrown inside an attempt ends up in the breaker, so violations are gathered here.
      const violations: string[] = [];
      const check = (holds: boolean, rule: string): void => {
        if (!holds) violations.push(rule);
      };
      let failedProbes = 0;
      const breaker = createCircuitBreaker({
        settings: chosen,
        clock,
        onTransition(from, to, reason) {
          check(changes.has(`${from} > ${to}`), `no change from ${from} to ${to}`);
          if (to === 'open') openedAt = clock.now();
          failedProbes = to === 'closed' ? 0 : failedProbes + (from === 'half-open' ? 1 : 0);
          givenUp ||= reason.startsWith('given up');
          check(givenUp === failedProbes >= chosen.probes, 'given up after that many failed probes in a row');
        },
      });
      const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.timer(ms, resolve));

      async function attempt({ takes, ends }: Turn, controller: AbortController): Promise<void> {
        check(!givenUp, 'nothing after giving up');
        const isProbe = breaker.state === 'half-open';
        if (isProbe) {
          check(clock.now() >= openedAt + chosen.cooldownMs, 'no probe before the cooldown');
          probing += 1;
          check(probing === 1, 'one probe at a time');
        } else check(breaker.state === 'closed', 'no attempt while open');
        await sleep(takes);
        if (isProbe) probing -= 1;
        if (ends === 'abort') controller.abort(failureWith('timeout'));
        if (ends !== 'success') throw failureWith(ends === 'answer' ? 'http_404' : 'timeout');
      }

      async function take(one: Turn): Promise<void> {
        await sleep(one.before);
        const controller = new AbortController();
        if (one.asks && (await rejection(breaker.ready(controller.signal))) !== undefined) {
          check(givenUp, 'ready refuses only after giving up');
          return;
        }
        if (one.ends !== 'lost-turn')
          await rejection(breaker.execute(() => attempt(one, controller), controller.signal));
      }

      const work = all.map(async (turns) => {
        for (const one of turns) await take(one);
      });
      await clock.run(Promise.all(work));
      expect(violations).toEqual([]);
      expect(clock.timers).toBe(0);
    }),
    { numRuns: 60 },
  );
});
