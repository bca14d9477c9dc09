import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStampLog } from '../../../../core/http/resilience/stamp-log.ts';

test('behaves as a plain list would, however often it wraps around and grows', () => {
  const operation = fc.oneof(
    { weight: 5, arbitrary: fc.constant({ type: 'add' as const }) },
    { weight: 3, arbitrary: fc.constant({ type: 'drop' as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('move' as const), which: fc.nat(200) }) },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.array(operation, { maxLength: 300 }), (limit, operations) => {
      const log = createStampLog(limit);
      let list: { entry: number; stamp: number }[] = [];
      let now = 0;
      for (const step of operations) {
        now += 1;
        if (step.type === 'add' && list.length < limit) {
          const entry = log.add(now);
          list.push({ entry, stamp: now });
        } else if (step.type === 'drop' && list.length > 0) {
          log.dropFirst();
          list = list.slice(1);
        } else if (step.type === 'move') {
          const held = list[step.which];
          if (held !== undefined) {
            held.entry = log.move(held.entry, now);
            held.stamp = now;
          }
        }
        expect([log.size, log.first]).toEqual([list.length, list[0]?.stamp]);
        expect(new Set(list.map(({ entry }) => entry)).size).toBe(list.length);
      }
    }),
  );
});

test('keeps the order when it grows while it wraps around', () => {
  const log = createStampLog(1000);
  const held: number[] = [];
  const add = (stamp: number): void => {
    log.add(stamp);
    held.push(stamp);
  };
  for (let stamp = 0; stamp < 16; stamp++) add(stamp);
  for (let drops = 0; drops < 10; drops++) log.dropFirst();
  for (let stamp = 16; stamp < 200; stamp++) add(stamp);
  const read: (number | undefined)[] = [];
  for (; log.size > 0; log.dropFirst()) read.push(log.first);
  expect(read).toEqual(held.slice(10));
});

test('a send that was dropped comes back as a new one', () => {
  const log = createStampLog(1);
  const entry = log.add(1);
  log.dropFirst();
  log.add(5);
  const again = log.move(entry, 6);
  expect([again, log.size, log.first]).toEqual([2, 2, 5]);
});

test('a move never goes back in time', () => {
  const log = createStampLog(4);
  const entry = log.add(10);
  log.move(entry, 3);
  expect(log.first).toBe(10);
});

test('memory follows what is held, not the limit', () => {
  const before = process.memoryUsage().arrayBuffers;
  const logs = Array.from({ length: 100 }, () => createStampLog(10_000_000));
  for (const log of logs) for (let stamp = 0; stamp < 100; stamp++) log.add(stamp);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
});
