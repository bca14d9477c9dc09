import { expect, it } from 'vitest';
import { createSlidingLogLimiter } from '../../../../core/http/resilience/sliding-log-limiter.ts';
import { createSourcePause, createStorm } from '../../../../core/http/resilience/source-pause.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { httpResponse } from '../support.ts';

function pausesOf(shared: boolean) {
  const clock = fakeClock();
  const limiter = createSlidingLogLimiter({
    limits: [
      { requests: 8, perMs: 1000 },
      { requests: 40, perMs: 60_000 },
    ],
    marginMs: 0,
    clock,
  });
  const storm = createStorm();
  const told: string[] = [];
  const pauseOf = () =>
    createSourcePause({
      limiter,
      clock,
      backoff: { baseMs: 100, maxMs: 1000 },
      random: () => 0.5,
      storm: shared ? storm : createStorm(),
      onPause: (_, reason) => told.push(reason),
    });
  const refusal = { sentAt: clock.now(), lowers: true };
  for (const pause of [pauseOf(), pauseOf()]) pause.refused(httpResponse(429, { 'retry-after': '2' }), refusal);
  return told;
}

it('one storm of refusals lowers a shared limit once, whichever of its sources meet it', () => {
  expect(pausesOf(true)).toEqual(['status 429, now at most 4 and 20 per window']);
  expect(pausesOf(false)).toHaveLength(2);
});
