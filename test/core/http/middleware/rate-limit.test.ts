import { describe, expect, test } from 'vitest';
import type { Handler, RequestPhase } from '../../../../core/contracts/http.ts';
import { rateLimit } from '../../../../core/http/middleware/rate-limit.ts';
import { createSlidingLogLimiter } from '../../../../core/http/resilience/sliding-log-limiter.ts';
import { fakeClock, settle } from '../../../support/fake-clock.ts';
import { failureWith, httpRequest, httpResponse, isSettled, rejection } from '../support.ts';

function limitedTo(requests: number, next?: Handler) {
  const clock = fakeClock();
  const limiter = createSlidingLogLimiter({ limits: [{ requests, perMs: 1000 }], marginMs: 0, clock });
  const waits: number[] = [];
  const answer: Handler = async (request) => {
    request.onPhase?.('sent');
    return httpResponse();
  };
  const handler = rateLimit({ limiter, clock, onWait: (ms) => void waits.push(ms) })(next ?? answer);
  return { clock, limiter, handler, waits };
}

/** Whether the limiter has room for `free` more, and not for another. Takes them. */
async function hasRoomFor(limiter: { acquire(signal: AbortSignal): Promise<unknown> }, free: number): Promise<boolean> {
  const { signal } = new AbortController();
  const asked = Array.from({ length: free + 1 }, () => limiter.acquire(signal));
  const granted = await Promise.all(asked.map(isSettled));
  return granted.every((yes, index) => yes === index < free);
}

describe('the rate limit', () => {
  test('holds requests back and tells how long each waited, but not of those that did not', async () => {
    const { clock, handler, waits } = limitedTo(2);
    const start = clock.now();
    await clock.run(Promise.all(Array.from({ length: 5 }, () => handler(httpRequest()))));
    expect(clock.now() - start).toBe(2000);
    expect(waits).toEqual([1000, 1000, 2000]);
  });

  test('counts from when the headers are sent, and passes every phase on', async () => {
    const phases: RequestPhase[] = [];
    const clock = fakeClock();
    const limiter = createSlidingLogLimiter({ limits: [{ requests: 1, perMs: 1000 }], marginMs: 0, clock });
    const handler = rateLimit({ limiter, clock, onWait: () => undefined })(async (request) => {
      await clock.advance(400);
      request.onPhase?.('sent');
      await settle();
      await clock.advance(300);
      request.onPhase?.('headers');
      request.onPhase?.('data');
      return httpResponse();
    });
    await handler(httpRequest({ onPhase: (phase) => void phases.push(phase) }));
    expect(phases).toEqual(['sent', 'headers', 'data']);
    const next = limiter.acquire(new AbortController().signal);
    await clock.advance(699);
    expect(await isSettled(next)).toBe(false);
    await clock.advance(1);
    expect(await isSettled(next)).toBe(true);
  });

  test('stamps once more after the turn in which the transport told', async () => {
    const stamps: string[] = [];
    const limiter = {
      acquire: async () => ({ sent: () => void stamps.push('sent'), release: () => void stamps.push('release') }),
      pause: () => undefined,
      pausedFor: () => 0,
      lower: () => undefined,
    };
    const handler = rateLimit({ limiter, clock: fakeClock(), onWait: () => undefined })(async (request) => {
      request.onPhase?.('sent');
      stamps.push('write');
      await settle();
      return httpResponse();
    });
    await handler(httpRequest());
    expect(stamps).toEqual(['sent', 'write', 'sent', 'release']);
  });

  test('lets requests that were tried before go ahead of those that were not', async () => {
    const order: string[] = [];
    const { clock, handler } = limitedTo(1, async (request) => {
      request.onPhase?.('sent');
      order.push(request.key);
      return httpResponse();
    });
    const asked = [
      { key: 'at once' },
      { key: 'new' },
      { key: 'second try', attempt: 2 },
      { key: 'newer' },
      { key: 'third try', attempt: 3 },
    ];
    await clock.run(Promise.all(asked.map((change) => handler(httpRequest(change)))));
    expect(order).toEqual(['at once', 'second try', 'third try', 'new', 'newer']);
  });

  test('a failure before the send gives the permit back; one after it does not', async () => {
    const unsent = limitedTo(3, () => Promise.reject(failureWith('network_error')));
    expect(await rejection(unsent.handler(httpRequest()))).toMatchObject({ code: 'network_error' });
    expect(await hasRoomFor(unsent.limiter, 3)).toBe(true);
    const sent = limitedTo(3, (request) => {
      request.onPhase?.('sent');
      return Promise.reject(failureWith('timeout'));
    });
    expect(await rejection(sent.handler(httpRequest()))).toMatchObject({ code: 'timeout' });
    expect(await hasRoomFor(sent.limiter, 2)).toBe(true);
  });

  test('an answer counts as a send even if the transport tells no phase', async () => {
    const { handler, limiter } = limitedTo(3, async () => httpResponse());
    await handler(httpRequest());
    expect(await hasRoomFor(limiter, 2)).toBe(true);
  });

  test('an abort while waiting rejects with its reason at once and costs nothing', async () => {
    const { clock, handler, limiter } = limitedTo(1);
    await handler(httpRequest());
    const controller = new AbortController();
    const reason = new Error('stop');
    const waiting = rejection(handler(httpRequest({ signal: controller.signal })));
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    await clock.advance(1000);
    expect(await hasRoomFor(limiter, 1)).toBe(true);
  });

  test('an abort right after the grant sends nothing and gives the permit back', async () => {
    let asked = 0;
    const { handler, limiter } = limitedTo(1, async () => {
      asked += 1;
      return httpResponse();
    });
    const controller = new AbortController();
    const reason = new Error('stop');
    const waiting = rejection(handler(httpRequest({ signal: controller.signal })));
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(asked).toBe(0);
    expect(await hasRoomFor(limiter, 1)).toBe(true);
  });
});
