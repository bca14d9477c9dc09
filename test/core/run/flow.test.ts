import { describe, expect, test } from 'vitest';
import { createByteBudget } from '../../../core/run/byte-budget.ts';
import { createChannel } from '../../../core/run/channel.ts';
import { createEventBus } from '../../../core/run/event-bus.ts';
import { createStopSignal } from '../../../core/run/stop-signal.ts';
import { fakeClock, settle } from '../../support/fake-clock.ts';

const never = new AbortController().signal;

describe('byte budget', () => {
  test('lets fetchers through until the maximum is held, and again when some is released', async () => {
    const budget = createByteBudget(10_000);
    await budget.room(never);
    const release = budget.hold(12_000);
    let entered = false;
    const waiting = budget.room(never).then(() => (entered = true));
    await settle();
    expect(entered).toBe(false);
    release();
    release();
    await waiting;
    // The second release gave nothing back: there is room for just what was released.
    budget.hold(10_000);
    const stop = new AbortController();
    const next = budget.room(stop.signal);
    stop.abort(new Error('still full'));
    await expect(next).rejects.toThrow('still full');
  });

  test('keeps room for pages that are on their way, and not for long: what waits elsewhere holds up nobody', async () => {
    const clock = fakeClock();
    const budget = createByteBudget(640 * 1024, clock);
    const admitted = (): number => {
      let pages = 0;
      while (budget.admit()) pages += 1;
      return pages;
    };
    // Nothing is known of their size yet.
    expect(admitted()).toBe(10);
    const order: number[] = [];
    for (const place of [1, 2]) void budget.room(never).then(() => order.push(place));
    await clock.advance(49);
    expect(order).toEqual([]);
    await clock.advance(1);
    expect(order).toEqual([1, 2]);
    expect(clock.timers).toBe(0);
    // Pages of another size come: as many as fit are let go.
    for (let page = 0; page < 200; page += 1) budget.hold(24 * 1024)();
    await clock.advance(50);
    expect(admitted()).toBe(20);
  });

  test('nobody overtakes who waits for room', async () => {
    const budget = createByteBudget(10_000, fakeClock());
    const release = budget.hold(12_000);
    const waiting = budget.room(never);
    expect(budget.admit()).toBe(false);
    release();
    await waiting;
  });

  test('one who gives up waiting is gone', async () => {
    const budget = createByteBudget(1);
    const release = budget.hold(5);
    const stop = new AbortController();
    const waiting = budget.room(stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    release();
    await budget.room(never);
  });
});

describe('channel', () => {
  test('hands over everything in order, also what is pushed while the consumer works', async () => {
    const channel = createChannel<number>();
    channel.push(1);
    const seen: number[] = [];
    for await (const value of channel) {
      seen.push(value);
      if (value < 5) channel.push(value + 1);
      else channel.end();
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  test('a failure reaches the consumer after what came before it', async () => {
    const channel = createChannel<number>();
    channel.push(1);
    channel.fail(new Error('broken'));
    const seen: number[] = [];
    const consume = async (): Promise<void> => {
      for await (const value of channel) seen.push(value);
    };
    await expect(consume()).rejects.toThrow('broken');
    expect(seen).toEqual([1]);
  });
});

test('a listener that throws is dropped and told of; the others go on', () => {
  const faults: unknown[] = [];
  const bus = createEventBus(fakeClock(), (thrown) => faults.push(thrown));
  const seen: string[] = [];
  bus.on(() => {
    throw new Error('display broke');
  });
  bus.on(({ type }) => seen.push(type));
  bus.emit({ type: 'limiter-wait', source: 'a', key: 'GET /', ms: 1 });
  bus.emit({ type: 'limiter-wait', source: 'a', key: 'GET /', ms: 2 });
  expect(faults).toHaveLength(1);
  expect(seen).toHaveLength(2);
});

describe('stop signal', () => {
  test('the deadline stops the fetching, and a second later the draining', async () => {
    const clock = fakeClock();
    const stop = createStopSignal({ clock, deadlineMs: 5_000, signal: undefined });
    await clock.advance(4_999);
    expect(stop.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(stop.signal.reason).toMatchObject({ code: 'deadline_exceeded' });
    expect(stop.drained.aborted).toBe(false);
    await clock.advance(1_000);
    expect(stop.drained.aborted).toBe(true);
  });

  test('an interrupt stops the fetching, and eight seconds later the draining', async () => {
    const clock = fakeClock();
    const user = new AbortController();
    const stop = createStopSignal({ clock, deadlineMs: undefined, signal: user.signal });
    user.abort();
    await clock.advance(7_999);
    expect(stop.signal.reason).toMatchObject({ code: 'interrupted' });
    expect(stop.drained.aborted).toBe(false);
    await clock.advance(1);
    expect(stop.drained.aborted).toBe(true);
  });

  test('nothing fires once it is disposed of', async () => {
    const clock = fakeClock();
    const stop = createStopSignal({ clock, deadlineMs: 10, signal: never });
    stop.dispose();
    await clock.advance(100);
    expect(stop.signal.aborted).toBe(false);
    expect(clock.timers).toBe(0);
  });
});
