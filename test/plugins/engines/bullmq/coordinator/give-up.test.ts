import { describe, expect, test } from 'vitest';
import type { Patience } from '../../../../../plugins/engines/bullmq/redis/patience.ts';
import { createGiveUp } from '../../../../../plugins/engines/bullmq/coordinator/give-up.ts';
import { fakeClock } from '../../../../support/fake-clock.ts';

/** A server that answers after so many milliseconds, waited for until `gone` is aborted. */
function waiting(answerMs: number) {
  const clock = fakeClock();
  const gone = new AbortController();
  const warned: string[] = [];
  const logger = { error() {}, warn: (text: string) => void warned.push(text), info() {}, debug() {} };
  const giveUp = createGiveUp({ gone, clock, logger, where: 'there:6379', consequence: () => 'it stays' });
  const patience: Patience = (work) =>
    new Promise((resolve, reject) => {
      gone.signal.addEventListener('abort', () => reject(gone.signal.reason as Error));
      clock.timer(answerMs, () => void work().then(resolve, reject));
    });
  const ask = giveUp.bound(patience);
  return { clock, giveUp, warned, ask: () => ask(() => Promise.resolve('answer')) };
}

describe('waiting for Redis', () => {
  test('has no bound while the run goes on', async () => {
    const { clock, ask, warned } = waiting(3_600_000);
    expect(await clock.run(ask())).toBe('answer');
    expect(warned).toEqual([]);
  });

  test('goes on for 5 seconds from when the run was told to stop, for all that wait', async () => {
    const { clock, giveUp, ask, warned } = waiting(3_600_000);
    const began = clock.now();
    clock.timer(60_000, giveUp.stop);
    const both = Promise.allSettled([ask(), ask()]);
    const failed = { status: 'rejected', reason: { code: 'redis_unavailable' } };
    expect(await clock.run(both)).toMatchObject([failed, failed]);
    expect(clock.now() - began).toBe(65_000);
    expect(warned).toEqual([expect.stringContaining('Redis at there:6379 is away, and no longer waited for')]);
    expect(giveUp.signal.aborted).toBe(true);
  });

  test('excuses what ended by that, and nothing else', async () => {
    const { clock, giveUp, ask } = waiting(3_600_000);
    giveUp.stop();
    expect(await clock.run(giveUp.excuse(ask))).toBeUndefined();
    await expect(giveUp.excuse(() => Promise.reject(new Error('other')))).rejects.toThrow('other');
  });

  test('has no bound over all calls, where each has its answer', async () => {
    const { clock, giveUp, ask } = waiting(4000);
    giveUp.stop();
    const answers = async () => [await ask(), await ask(), await ask()];
    expect(await clock.run(answers())).toEqual(['answer', 'answer', 'answer']);
    expect(giveUp.signal.aborted).toBe(false);
  });
});
