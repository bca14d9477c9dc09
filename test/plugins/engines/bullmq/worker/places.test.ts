import { describe, expect, test } from 'vitest';
import { createPlaces } from '../../../../../plugins/engines/bullmq/worker/places.ts';

describe('the places of a worker', () => {
  test('lets in as many as there are places, and the next ones as others leave', async () => {
    const places = createPlaces(2);
    expect(places.take(5)).toBe(2);
    let isIn = false;
    const waiting = places.wait().then((letIn) => (isIn = letIn));
    await Promise.resolve();
    expect(isIn).toBe(false);
    places.leave(1);
    expect(await waiting).toBe(true);
    expect(places.taken).toBe(2);
  });

  test('sends away who waits when the worker rests', async () => {
    const places = createPlaces(1);
    expect(await places.wait()).toBe(true);
    const waiting = places.wait();
    places.rest(true);
    expect([await waiting, await places.wait()]).toEqual([false, false]);
    places.leave(1);
    places.rest(false);
    expect(await places.wait()).toBe(true);
  });

  test('is empty when the last has left', async () => {
    const places = createPlaces(1);
    await places.empty();
    places.squeeze();
    places.squeeze();
    let empty = false;
    const emptied = places.empty().then(() => (empty = true));
    places.leave(1);
    await Promise.resolve();
    expect(empty).toBe(false);
    places.leave(1);
    await emptied;
  });
});
