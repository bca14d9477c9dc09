import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../core/contracts/events.ts';
import type { Handler } from '../../../../core/contracts/http.ts';
import { SluiceError } from '../../../../core/errors.ts';
import { observe } from '../../../../core/http/middleware/observe.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { httpRequest, httpResponse } from '../../../support/http.ts';

function observed(handler: Handler, clock = fakeClock()) {
  const events: RunEvent[] = [];
  return { events, clock, handle: observe({ source: 'shop', clock, emit: (event) => events.push(event) })(handler) };
}

describe('observe', () => {
  it('tells of a response: status, bytes, milliseconds and the URL without its secrets', async () => {
    const clock = fakeClock();
    const { events, handle } = observed(async () => {
      await clock.advance(120);
      return httpResponse({ status: 503, body: new Uint8Array(10) });
    }, clock);
    await handle(httpRequest('http://a.test/?api_key=s', { attempt: 2, key: 'page-7' }));
    expect(events).toEqual([
      {
        type: 'attempt',
        source: 'shop',
        key: 'page-7',
        url: 'http://a.test/?api_key=***',
        attempt: 2,
        status: 503,
        bytes: 10,
        ms: 120,
      },
    ]);
  });

  it('tells of a failure by its code, and throws it on', async () => {
    const error = new SluiceError('timeout', 'no data for 5 ms', { retryable: true });
    const { events, handle } = observed(() => Promise.reject(error));
    await expect(handle(httpRequest('http://a.test/'))).rejects.toBe(error);
    expect(events).toMatchObject([{ type: 'attempt', error: 'timeout', message: 'no data for 5 ms', bytes: 0 }]);
  });

  it('tells of a request that was cut off on the wire', async () => {
    const controller = new AbortController();
    const { events, handle } = observed((request) => {
      request.onPhase?.('sent');
      controller.abort(new SluiceError('deadline_exceeded', 'late'));
      return Promise.reject(controller.signal.reason);
    });
    await expect(handle(httpRequest('http://a.test/', { signal: controller.signal }))).rejects.toThrow('late');
    expect(events).toMatchObject([{ type: 'attempt', error: 'deadline_exceeded' }]);
  });

  it('calls a cut for an unknown reason an abort, not a bug', async () => {
    const signal = AbortSignal.abort();
    const { events, handle } = observed((request) => {
      request.onPhase?.('sent');
      return Promise.reject(signal.reason);
    });
    await expect(handle(httpRequest('http://a.test/', { signal }))).rejects.toBe(signal.reason);
    expect(events).toMatchObject([{ error: 'aborted' }]);
  });

  it('is silent about a request that was given up before it was sent', async () => {
    const signal = AbortSignal.abort(new SluiceError('interrupted', 'stop'));
    const { events, handle } = observed(() => Promise.reject(signal.reason));
    await expect(handle(httpRequest('http://a.test/', { signal }))).rejects.toThrow('stop');
    expect(events).toEqual([]);
  });

  it('tells the phases further out', async () => {
    const phases: string[] = [];
    const { handle } = observed(async (request) => {
      request.onPhase?.('sent');
      return httpResponse();
    });
    await handle(httpRequest('http://a.test/', { onPhase: (phase) => phases.push(phase) }));
    expect(phases).toEqual(['sent']);
  });
});
