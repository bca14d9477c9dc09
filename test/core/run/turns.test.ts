import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../core/run/turns.ts';
import { settle } from '../../support/fake-clock.ts';
import { gate } from '../../support/sinks.ts';

describe('createTurns', () => {
  it('lets what is done at once run at once, without a promise', () => {
    const turns = createTurns(1);
    let runs = 0;
    const count = (): undefined => void (runs += 1);
    expect([turns.sideBySide(count), turns.sideBySide(count), runs]).toEqual([undefined, undefined, 2]);
  });

  it('does not let it overtake what waits', async () => {
    const turns = createTurns(1);
    const slow = gate();
    const begun: string[] = [];
    const first = turns.sideBySide(() => slow.opened.then(() => void begun.push('slow ends')));
    const commit = turns.alone(async () => void begun.push('alone'));
    const second = turns.sideBySide(() => void begun.push('at once'));
    expect(second).toBeInstanceOf(Promise);
    slow.open();
    await Promise.all([first, commit, second]);
    expect(begun).toEqual(['slow ends', 'alone', 'at once']);
  });

  it('goes on with what an operation puts in line while it runs', async () => {
    const turns = createTurns(1);
    let inner: Promise<void> | undefined;
    let ran = false;
    void turns.sideBySide(() => {
      inner = turns.alone(async () => void (ran = true));
      return undefined;
    });
    await inner;
    expect(ran).toBe(true);
  });

  it('takes a long line of what is done at once', async () => {
    const turns = createTurns(1);
    const slow = gate();
    void turns.sideBySide(() => slow.opened);
    let ran = 0;
    const all = Array.from({ length: 50_000 }, () => turns.sideBySide(() => void (ran += 1)));
    slow.open();
    await Promise.all(all.filter((one) => one !== undefined));
    expect(ran).toBe(50_000);
  });

  it('begins all in order, at most as many side by side as may be, and none beside one that is alone', async () => {
    const operation = fc.record({ alone: fc.boolean(), ticks: fc.integer({ min: 0, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), async (list, most) => {
        const turns = createTurns(most);
        const running = new Set<number>();
        const begun: number[] = [];
        const work = (index: number, ticks: number): Promise<void> | undefined => {
          const isAlone = list[index]?.alone === true;
          begun.push(index);
          running.add(index);
          const others = [...running].filter((other) => other !== index);
          expect(running.size).toBeLessThanOrEqual(most);
          expect(others.some((other) => isAlone || list[other]?.alone === true)).toBe(false);
          const end = (): void => void running.delete(index);
          if (ticks === 0 && !isAlone) {
            end();
            return undefined;
          }
          return (async () => {
            for (let tick = 0; tick < ticks; tick++) await settle();
            end();
          })();
        };
        await Promise.all(
          list.map(async ({ alone, ticks }, index) => {
            if (alone) await turns.alone(async () => work(index, ticks));
            else await turns.sideBySide(() => work(index, ticks));
          }),
        );
        expect(begun).toEqual(list.map((_, index) => index));
        expect(running.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
