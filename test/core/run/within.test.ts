import { describe, expect, it } from 'vitest';
import { within } from '../../../core/run/within.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const never = new Promise<never>(() => undefined);
const late = (): Error => new Error('late');

describe('within', () => {
  it('gives back what the work gives, or its failure, and leaves no timer', async () => {
    const clock = fakeClock();
    await expect(within(Promise.resolve(1), { clock, ms: 10, late })).resolves.toBe(1);
    await expect(within(Promise.reject(new Error('no')), { clock, ms: 10, late })).rejects.toThrow('no');
    expect(clock.timers).toBe(0);
  });

  it('rejects when the time is over, not before', async () => {
    const clock = fakeClock();
    let ended = false;
    const waiting = within(never, { clock, ms: 10, late }).finally(() => (ended = true));
    waiting.catch(() => undefined);
    await clock.advance(9);
    expect(ended).toBe(false);
    await clock.advance(1);
    await expect(waiting).rejects.toThrow('late');
  });

  it('ends with the reason of the signal, also of one that was aborted before', async () => {
    const clock = fakeClock();
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = within(never, { clock, ms: 10, late, signal });
    controller.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    await expect(within(never, { clock, ms: 10, late, signal })).rejects.toThrow('stop');
    expect(clock.timers).toBe(0);
  });
});
