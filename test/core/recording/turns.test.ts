import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../core/recording/turns.ts';
import { fakeClock, settle } from '../../support/fake-clock.ts';

const never = new AbortController().signal;

describe('turns', () => {
  it('come in the order that is known, whoever is there first', async () => {
    const turns = createTurns([10, 20, 30], fakeClock());
    const order: number[] = [];
    await Promise.all([30, 10, 20].map(async (place) => turns.wait(place, never).then(() => order.push(place))));
    expect(order).toEqual([10, 20, 30]);
  });

  it('pass over who does not come for 3 s, then sooner, and let a latecomer go at once', async () => {
    const clock = fakeClock();
    const turns = createTurns([1, 2, 3, 4, 5], clock);
    const order: number[] = [];
    const wait = (place: number): unknown => turns.wait(place, never).then(() => order.push(place));
    wait(3);
    await clock.advance(2_999);
    expect(order).toEqual([]);
    await clock.advance(1);
    await settle();
    expect(order).toEqual([3]);
    wait(1);
    await settle();
    expect(order).toEqual([3, 1]);
    wait(5);
    await clock.advance(49);
    expect(order).toEqual([3, 1]);
    await clock.advance(1);
    await settle();
    expect(order).toEqual([3, 1, 5]);
  });

  it('end with the signal, and do not hold the others', async () => {
    const clock = fakeClock();
    const turns = createTurns([1, 2], clock);
    const stop = new AbortController();
    const first = turns.wait(1, stop.signal);
    const second = turns.wait(2, never);
    stop.abort(new Error('stopped'));
    await expect(first).rejects.toThrow('stopped');
    await clock.advance(3_000);
    await expect(second).resolves.toBeUndefined();
    await expect(turns.wait(1, stop.signal)).rejects.toThrow('stopped');
  });
});
