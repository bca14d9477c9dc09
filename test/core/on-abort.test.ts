import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from '../../core/on-abort.ts';

describe('onAbort', () => {
  it('calls everybody who has not taken it back, once, in order', () => {
    const controller = new AbortController();
    const calls: number[] = [];
    const stops = [0, 1, 2, 3].map((index) => onAbort(controller.signal, () => calls.push(index)));
    stops[1]?.();
    controller.abort();
    controller.abort();
    expect(calls).toEqual([0, 2, 3]);
  });

  it('calls at once where the signal has aborted already', () => {
    let calls = 0;
    onAbort(AbortSignal.abort(), () => calls++)();
    expect(calls).toBe(1);
  });

  it('takes back only one of two equal callbacks', () => {
    const controller = new AbortController();
    let calls = 0;
    const callback = (): void => void calls++;
    onAbort(controller.signal, callback);
    onAbort(controller.signal, callback)();
    controller.abort();
    expect(calls).toBe(1);
  });

  it('puts one listener on a signal, however many come and go', () => {
    const { signal } = new AbortController();
    for (let index = 0; index < 5000; index++) {
      const stop = onAbort(signal, () => undefined);
      if (index % 2 === 0) stop();
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });
});
