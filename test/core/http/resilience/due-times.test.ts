import { describe, expect, it } from 'vitest';
import { createDueTimes } from '../../../../core/http/resilience/due-times.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

/** Watches something that is due in `ms`, and notes when it ended. */
function watching(clock = fakeClock()) {
  const dueTimes = createDueTimes(clock);
  const ended: string[] = [];
  const due = (name: string, ms: number) => ({ dueAt: clock.now() + ms, expire: () => void ended.push(name) });
  return { clock, dueTimes, ended, due };
}

describe('due times', () => {
  it('end what is due, when it is due, with one timer for all', async () => {
    const { clock, dueTimes, ended, due } = watching();
    for (const [name, ms] of [
      ['late', 300],
      ['early', 100],
      ['middle', 200],
    ] as const)
      dueTimes.add(due(name, ms));
    expect(clock.timers).toBe(1);
    await clock.advance(99);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual(['early']);
    await clock.advance(200);
    expect(ended).toEqual(['early', 'middle', 'late']);
    expect(clock.timers).toBe(0);
  });

  it('follow a time that moves, in either direction', async () => {
    const { clock, dueTimes, ended, due } = watching();
    const moving = due('moving', 100);
    dueTimes.add(moving);
    moving.dueAt += 400;
    dueTimes.moved(moving);
    await clock.advance(499);
    expect(ended).toEqual([]);
    const sooner = due('sooner', 900);
    dueTimes.add(sooner);
    sooner.dueAt = clock.now() + 1;
    dueTimes.moved(sooner);
    await clock.advance(1);
    expect(ended).toEqual(['moving', 'sooner']);
  });

  it('leave no timer once nothing is watched', () => {
    const { clock, dueTimes, due } = watching();
    const entries = [due('a', 100), due('b', 50)].map((one) => dueTimes.add(one));
    for (const entry of entries) dueTimes.remove(entry);
    expect(clock.timers).toBe(0);
  });

  it('leave alone what another one, due in the same moment, has taken out', async () => {
    const { clock, dueTimes, ended, due } = watching();
    const second = due('second', 100);
    const entries = [dueTimes.add({ ...due('first', 100), expire: () => entries[1] && dueTimes.remove(entries[1]) })];
    entries.push(dueTimes.add(second));
    await clock.advance(100);
    expect(ended).toEqual([]);
  });
});
