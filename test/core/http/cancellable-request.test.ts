import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../core/contracts/http.ts';
import { CancellableRequest, onCancel } from '../../../core/http/cancellable-request.ts';
import { httpRequest } from '../../support/http.ts';

const made = () =>
  new CancellableRequest(httpRequest('http://a.test/x', { method: 'POST', body: 'b' }), () => undefined);

describe('a request that can be taken back', () => {
  it('carries all that the request holds, for whoever spreads it too', () => {
    const original = httpRequest('http://a.test/x', { method: 'POST', body: 'b' });
    // As the chain's own types see it: nobody knows that it is an instance of a class.
    const request: HttpRequest = new CancellableRequest(original, () => undefined);
    const { signal, onPhase: _, ...rest } = { ...request };
    const { signal: outer, onPhase: __, ...expected } = original;
    expect(rest).toEqual(expected);
    expect(signal).toBe(request.signal);
    expect(signal).not.toBe(outer);
  });

  it('tells those who listen to its signal and those who do not, with the reason', () => {
    const request = made();
    const told: unknown[] = [];
    onCancel(request, (reason) => told.push(reason));
    const seen: HttpRequest = request;
    const copy = { ...seen };
    onCancel(copy, (reason) => told.push(reason));
    request.cancel('late');
    request.cancel('again');
    expect(told).toHaveLength(2);
    expect(told).toEqual(['late', 'late']);
    expect(request.signal.reason).toBe('late');
  });

  it('tells at once where it was taken back before', () => {
    const request = made();
    request.cancel('late');
    const told: unknown[] = [];
    onCancel(request, (reason) => told.push(reason));
    expect(told).toEqual(['late']);
    expect(request.signal.aborted).toBe(true);
  });
});
