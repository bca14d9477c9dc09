import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAdaptiveLimit } from '../../../../core/http/resilience/adaptive-limit.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

function limitOf(requests: number) {
  const clock = fakeClock();
  const limit = createAdaptiveLimit({ requests, windowMs: 1000, clock });
  /** Lets windows with a grant each go by, and gives the limit after each grant. */
  async function windows(count: number): Promise<number[]> {
    const seen: number[] = [];
    for (let window = 0; window < count; window++) {
      limit.granted();
      seen.push(limit.requests);
      await clock.advance(1000);
    }
    return seen;
  }
  return { clock, limit, windows };
}

describe('an adaptive limit', () => {
  test('is what was declared while nothing is refused', async () => {
    const { windows } = limitOf(5);
    expect(await windows(4)).toEqual([5, 5, 5, 5]);
  });

  test('halves with each refusal, and stays at one', () => {
    const { limit } = limitOf(20);
    expect(Array.from({ length: 7 }, () => limit.lower())).toEqual([10, 5, 3, 2, 1, undefined, undefined]);
    expect(limit.requests).toBe(1);
  });

  test('rises by one for each window without a refusal, up to what was declared', async () => {
    const { limit, windows } = limitOf(5);
    limit.lower();
    limit.lower();
    expect(await windows(6)).toEqual([2, 3, 4, 5, 5, 5]);
  });

  test('rises once a window, however many are granted in it', async () => {
    const { clock, limit } = limitOf(8);
    limit.lower();
    for (let grant = 0; grant < 40; grant++) {
      limit.granted();
      await clock.advance(50);
    }
    expect(limit.requests).toBe(5);
  });

  test('counts a window anew from the first grant after a refusal', async () => {
    const { clock, limit, windows } = limitOf(8);
    limit.lower();
    limit.granted();
    await clock.advance(900);
    limit.lower();
    await clock.advance(60_000);
    expect(await windows(3)).toEqual([2, 3, 4]);
  });

  test('rises one step for idle time, however long', async () => {
    const { clock, limit } = limitOf(8);
    limit.lower();
    limit.granted();
    await clock.advance(3_600_000);
    limit.granted();
    limit.granted();
    expect(limit.requests).toBe(5);
  });

  test('of a thousand recovers in no more than twenty windows', async () => {
    const { limit, windows } = limitOf(1000);
    while (limit.lower() !== undefined);
    expect((await windows(21)).slice(-2)).toEqual([951, 1000]);
  });

  test('is never below one nor above what was declared', async () => {
    const steps = fc.array(fc.oneof(fc.constant('lower' as const), fc.nat(3000)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100 }), steps, async (requests, all) => {
        const { clock, limit } = limitOf(requests);
        for (const step of all) {
          if (step === 'lower') limit.lower();
          else {
            await clock.advance(step);
            limit.granted();
          }
          expect(limit.requests).toBeGreaterThanOrEqual(1);
          expect(limit.requests).toBeLessThanOrEqual(requests);
        }
      }),
      { numRuns: 50 },
    );
  });
});
