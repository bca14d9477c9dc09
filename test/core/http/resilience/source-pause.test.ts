import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../../core/errors.ts';
import { rateLimit } from '../../../../core/http/middleware/rate-limit.ts';
import { responseActions } from '../../../../core/http/middleware/response-actions.ts';
import { longestPauseMs } from '../../../../core/http/rate-limit-headers.ts';
import { createSlidingLogLimiter } from '../../../../core/http/resilience/sliding-log-limiter.ts';
import { createSourcePause, createStorm } from '../../../../core/http/resilience/source-pause.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { httpRequest, httpResponse, rejection } from '../support.ts';

const backoff = { baseMs: 250, maxMs: 1000 };

function pausing(random = () => 1) {
  const clock = fakeClock();
  const limiter = createSlidingLogLimiter({ limits: [{ requests: 3, perMs: 1000 }], marginMs: 0, clock });
  const pause = createSourcePause({ limiter, clock, backoff, random, storm: createStorm(), onPause: () => undefined });
  const refused = (headers: Record<string, string> = {}, sentAt = clock.now()): number =>
    pause.refused(httpResponse(429, headers), { sentAt, lowers: true });
  return { clock, limiter, refused };
}

describe('a refusal', () => {
  test.each([
    ['0.01 s', { 'retry-after': '0.01' }],
    ['a reset in 40 ms', { 'x-ratelimit-reset': '0.04' }],
    ['the shortest jitter', {}],
  ])('pauses for at least the base: %s', (_title, headers: Record<string, string>) => {
    expect(pausing(() => 0).refused(headers)).toBe(250);
  });

  test('of the same storm that asks for less leaves the pause as it is, however late it comes', async () => {
    const { clock, refused, limiter } = pausing();
    const sentAt = clock.now();
    refused({ 'retry-after': '2' }, sentAt);
    await clock.advance(1990);
    expect(refused({ 'x-ratelimit-reset': '0.001' }, sentAt)).toBe(10);
    expect(limiter.pausedFor()).toBe(10);
  });

  test.each([
    ['an accurate reset before a coarse Retry-After', { 'retry-after': '60', 'x-ratelimit-reset': '12' }, 12_000],
    ['it also where it is later', { 'retry-after': '1', 'x-ratelimit-reset': '12' }, 12_000],
    ['Retry-After where the reset makes no sense', { 'retry-after': '60', 'x-ratelimit-reset': '-12' }, 60_000],
    ['Retry-After where the reset is a day away', { 'retry-after': '60', 'x-ratelimit-reset': '86400' }, 60_000],
    ['the reset where Retry-After is 0', { 'retry-after': '0', 'x-ratelimit-reset': '12' }, 12_000],
  ])('takes %s', (_title, headers: Record<string, string>, ms) => {
    expect(pausing().refused(headers)).toBe(ms);
  });
});

const garbage = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.integer().map(String),
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.constantFrom(
    '0',
    '1',
    '0.5',
    '"a";r=0;t=5',
    '"a";r=0;t=-1',
    'remaining=0, reset=3',
    '"'.repeat(300),
    ';'.repeat(300),
  ),
);
const names = [
  'date',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  ...['limit', 'remaining', 'reset'].flatMap((name) => [`ratelimit-${name}`, `x-ratelimit-${name}`]),
];

test('whatever the headers of an upstream say, they only hold back: no pause shrinks, no window holds more', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          status: fc.constantFrom(200, 200, 404, 429, 503),
          headers: fc.dictionary(fc.constantFrom(...names), garbage, { maxKeys: 4 }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      async (responses) => {
        const clock = fakeClock();
        const limiter = createSlidingLogLimiter({ limits: [{ requests: 3, perMs: 1000 }], marginMs: 0, clock });
        const sends: number[] = [];
        const asked = responses.map(({ status, headers }) => {
          const limited = rateLimit({ limiter, clock, onWait: () => undefined })(async (request) => {
            request.onPhase?.('sent');
            sends.push(clock.now());
            return httpResponse(status, headers);
          });
          let before = 0;
          const handler = responseActions({
            rules: [],
            limiter,
            clock,
            backoff,
            random: () => 1,
            storm: createStorm(),
            onPause: (ms) => {
              expect(ms).toBeGreaterThan(0);
              expect(ms).toBeLessThanOrEqual(longestPauseMs);
            },
          })(async (request) => {
            const response = await limited(request);
            before = limiter.pausedFor();
            return response;
          });
          return async () => {
            const thrown = await rejection(handler(httpRequest()));
            expect(limiter.pausedFor()).toBeGreaterThanOrEqual(before);
            expect(limiter.pausedFor()).toBeLessThanOrEqual(longestPauseMs);
            expect(thrown === undefined || thrown instanceof SluiceError).toBe(true);
          };
        });
        await clock.run(Promise.all(asked.map((ask) => ask())));
        for (const [index, at] of sends.entries()) {
          const inWindow = sends.slice(index).filter((other) => other < at + 1000);
          expect(inWindow.length).toBeLessThanOrEqual(3);
        }
      },
    ),
    { numRuns: 150 },
  );
});
