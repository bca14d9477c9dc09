import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stage, TimeSpent } from '../../../core/contracts/stages.ts';
import { addTime } from '../../../core/metrics/time.ts';
import { createStageClock } from '../../../core/run/stage-clock.ts';

/** A stage clock over a time that the test moves, and what it has told so far, added up. */
function stageClock() {
  let now = 1_000;
  const told: TimeSpent[] = [];
  const stages = createStageClock({ clock: { now: () => now }, tell: (spent) => void told.push(spent) });
  stages.begin();
  return {
    stages,
    told,
    pass: (ms: number) => void (now += ms),
    spent: () => {
      stages.close();
      const sum = new Map<keyof TimeSpent, number>();
      for (const each of told) addTime(sum, each);
      return Object.fromEntries(sum);
    },
  };
}

describe('the time of a source', () => {
  test('belongs to what its only page waits for', () => {
    const { stages, pass, spent } = stageClock();
    stages.enter('limiter');
    pass(150);
    stages.move('limiter', 'wire');
    pass(50);
    stages.move('wire', 'workers');
    pass(3);
    stages.move('workers', 'sinks');
    pass(7);
    stages.leave('sinks');
    expect(spent()).toEqual({ rate_limit: 150, upstream: 50, workers: 3, sinks: 7 });
  });

  test('is shared equally by the pages that are under way at a moment', () => {
    const { stages, pass, spent } = stageClock();
    for (let page = 0; page < 3; page++) stages.enter('limiter');
    stages.enter('wire');
    pass(100);
    expect(spent()).toEqual({ rate_limit: 75, upstream: 25 });
  });

  test('is not shared by pages that stand in line for a slot: they wait for those that have one', () => {
    const { stages, pass, spent } = stageClock();
    stages.enter('limiter');
    for (let page = 0; page < 30; page++) stages.enter('slot');
    pass(100);
    expect(spent()).toEqual({ rate_limit: 100 });
  });

  test('is not the workers’ while an enricher waits for an answer', () => {
    const { stages, pass, spent } = stageClock();
    for (let page = 0; page < 5; page++) stages.enter('workers');
    stages.enter('asking');
    stages.enter('limiter');
    pass(100);
    stages.leave('limiter');
    stages.leave('asking');
    pass(10);
    expect(spent()).toEqual({ rate_limit: 100, workers: 10 });
  });

  test('on the wire counts as lacking slots where every slot is there and a page waits for one', () => {
    const { stages, pass, spent } = stageClock();
    stages.enter('wire');
    stages.enter('wire');
    pass(40);
    stages.enter('slot');
    pass(60);
    stages.leave('slot');
    pass(10);
    expect(spent()).toEqual({ upstream: 50, concurrency: 60 });
  });

  test('that waits for the limiter is a pause as long as the upstream asked for one', () => {
    const { stages, pass, spent } = stageClock();
    stages.enter('limiter');
    stages.paused(300);
    pass(100);
    stages.paused(50);
    pass(900);
    expect(spent()).toEqual({ pause: 300, rate_limit: 700 });
  });

  test('in which pages wait for room is that of its own pages behind the upstream, else of other sources', () => {
    const { stages, pass, spent } = stageClock();
    stages.enter('room');
    stages.enter('sinks');
    pass(100);
    stages.leave('sinks');
    pass(30);
    expect(spent()).toEqual({ sinks: 100, memory: 30 });
  });

  test('without a page under way is the run’s own', () => {
    const { pass, spent } = stageClock();
    pass(12);
    expect(spent()).toEqual({ other: 12 });
  });

  test('begins with the source and ends with its last page', () => {
    const { stages, pass, spent } = stageClock();
    stages.enter('sinks');
    pass(10);
    stages.end();
    pass(20);
    stages.leave('sinks');
    pass(1_000);
    stages.enter('wire');
    pass(1_000);
    stages.leave('wire');
    expect(spent()).toEqual({ sinks: 30 });
  });

  test('is told about five times a second while pages move, and never twice', () => {
    const { stages, told, pass, spent } = stageClock();
    for (let page = 0; page < 100; page++) {
      stages.enter('wire');
      pass(10);
      stages.leave('wire');
    }
    expect(told).toHaveLength(5);
    expect(spent()).toEqual({ upstream: 1_000 });
  });

  test('adds up to the wall time, whatever overlaps', () => {
    const stage = fc.constantFrom<Stage>(
      'room',
      'breaker',
      'backoff',
      'slot',
      'limiter',
      'wire',
      'workers',
      'asking',
      'sinks',
    );
    const step = fc.record({ ms: fc.nat(500), stage, stays: fc.nat(3), pauseMs: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { stages, pass, spent } = stageClock();
        const leaving: { readonly stage: Stage; left: number }[] = [];
        let wallMs = 0;
        for (const { ms, stage: entered, stays, pauseMs } of steps) {
          stages.enter(entered);
          leaving.push({ stage: entered, left: stays });
          stages.paused(pauseMs);
          pass(ms);
          wallMs += ms;
          for (const page of leaving) if (page.left-- === 0) stages.leave(page.stage);
        }
        const sum = Object.values(spent()).reduce((all, ms) => all + ms, 0);
        // Each telling rounds each part to a thousandth.
        expect(Math.abs(sum - wallMs)).toBeLessThan(0.01 * (1 + steps.length));
      }),
    );
  });
});
