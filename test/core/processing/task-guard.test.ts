import { describe, expect, it } from 'vitest';
import { createInHand, loading, markInHand, none } from '../../../core/processing/in-hand.ts';
import { createTaskGuard } from '../../../core/processing/task-guard.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const mebibyte = 1024 * 1024;

/** A guard of 1000 ms and 100 MiB, and tasks whose threads are moved by hand. */
function guarding() {
  const clock = fakeClock();
  const memory = { used: 0, asked: 0 };
  let stoppedMs = 0;
  const guard = createTaskGuard({
    clock: { ...clock, now: () => clock.now() + stoppedMs },
    recordTimeoutMs: 1000,
    recordMemoryBytes: 100 * mebibyte,
    threadMemory: () => ((memory.asked += 1), memory.used),
  });
  const kills: string[] = [];
  function task(name: string, pageBytes: readonly number[] = [1000, 1000], apart = false) {
    const inHand = createInHand();
    const kill = (why: string, { page, item }: { page: number; item: number }) =>
      kills.push(`${name}: ${why} at ${page}.${item}`);
    const end = guard.watch({ inHand, pageBytes, apart, kill });
    return { ...markInHand(inHand.memory), end };
  }
  /** As if the process had been stopped for a while: time passes, and no timer fires. */
  const jump = (ms: number) => void (stoppedMs += ms);
  return { clock, memory, kills, task, jump };
}

describe('createTaskGuard', () => {
  it('ends a thread that has one record in hand for longer than the limit, once, and no other', async () => {
    const { clock, kills, task } = guarding();
    const slow = task('slow');
    const quick = task('quick');
    slow.page(1);
    slow.item(7);
    for (let item = 0; item < 40; item++) {
      quick.page(0);
      quick.item(item);
      await clock.advance(50);
    }
    expect(kills).toEqual(['slow: timeout at 1.7']);
  });

  it('has one timer, and none once nothing is under way', async () => {
    const { clock, task } = guarding();
    const tasks = [task('a'), task('b')];
    await clock.advance(500);
    expect(clock.timers).toBe(1);
    for (const { end } of tasks) end();
    expect(clock.timers).toBe(0);
    task('c').end();
    expect(clock.timers).toBe(0);
  });

  it('has no limit for a thread that starts, and a longer one for loading a plugin', async () => {
    const { clock, kills, task } = guarding();
    const { page, item } = task('a');
    await clock.advance(60_000);
    page(0);
    item(loading);
    await clock.advance(29_000);
    expect(kills).toEqual([]);
    await clock.advance(2_000);
    expect(kills).toEqual(['a: timeout at 0.-2']);
  });

  it('gives large bodies more time and more memory', async () => {
    const { clock, memory, kills, task } = guarding();
    const bytes = [32 * mebibyte];
    task('a', bytes).page(0);
    await clock.advance(200);
    memory.used = 500 * mebibyte;
    await clock.advance(2_500);
    expect(kills).toEqual([]);
    await clock.advance(1_000);
    expect(kills).toEqual([`a: timeout at 0.${none}`]);
  });

  it('does not take the time for which the process was stopped for that of a record', async () => {
    const { clock, kills, task, jump } = guarding();
    const { page, item } = task('a');
    page(0);
    item(0);
    await clock.advance(100);
    jump(60_000);
    await clock.advance(700);
    expect(kills).toEqual([]);
    await clock.advance(400);
    expect(kills).toEqual(['a: timeout at 0.0']);
  });

  it('ends a thread when memory grows while it has one record in hand, and asks for it only then', async () => {
    const { clock, memory, kills, task } = guarding();
    const { page, item } = task('a');
    for (let index = 0; index < 20; index++) {
      page(0);
      item(index);
      memory.used += 50 * mebibyte;
      await clock.advance(50);
    }
    expect(memory.asked).toBe(0);
    await clock.advance(150);
    memory.used += 99 * mebibyte;
    await clock.advance(50);
    expect(kills).toEqual([]);
    memory.used += 2 * mebibyte;
    await clock.advance(50);
    expect(kills).toEqual(['a: memory at 0.19']);
  });

  it('does not put down to a slow record what another ate up before it was suspected, but for one that is tried apart', async () => {
    for (const apart of [false, true]) {
      const { clock, memory, kills, task } = guarding();
      const slow = task('slow', [1000, 1000], apart);
      slow.page(0);
      slow.item(3);
      await clock.advance(200);
      const quick = task('quick');
      quick.page(0);
      quick.item(1);
      memory.used = 101 * mebibyte;
      await clock.advance(50);
      expect(kills).toEqual([`slow: ${apart ? 'memory' : 'memory-unsure'} at 0.3`]);
    }
  });

  it('ends all that are suspected of the memory, without a verdict, where there are several', async () => {
    const { clock, memory, kills, task } = guarding();
    for (const name of ['a', 'b']) task(name).page(0);
    const quick = task('quick');
    await clock.advance(200);
    memory.used = 101 * mebibyte;
    quick.page(1);
    await clock.advance(50);
    expect(kills).toEqual(['a: memory-unsure at 0.-1', 'b: memory-unsure at 0.-1']);
  });
});
