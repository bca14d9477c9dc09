import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../../core/system-clock.ts';
import { budgetScript } from '../../../../../plugins/engines/bullmq/limits/budget-script.ts';
import { createSharedBudget, parseBudgetReply } from '../../../../../plugins/engines/bullmq/limits/shared-budget.ts';
import { connectRedis } from '../../../../../plugins/engines/bullmq/redis/connect.ts';
import { resolveRedis } from '../../../../../plugins/engines/bullmq/redis/options.ts';
import { redisMissing, startRedis } from '../../../../support/redis.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const noSignal = new AbortController().signal;

/** Budgets of two workers. */
async function budgets({ windowMs = 60_000, minimum = 2 } = {}) {
  const server = await startRedis();
  open.push(server);
  const made = await Promise.all(
    ['a', 'b'].map(async (worker) => {
      const connection = await connectRedis({ settings: resolveRedis(server.url), role: worker });
      open.push(connection);
      let asked = 0;
      const budget = createSharedBudget({
        windowMs,
        minimum,
        clock: systemClock,
        worker,
        async exchange(call) {
          asked += 1;
          const keys = ['{x}:budget', `{x}:budget:${worker}`];
          return parseBudgetReply(await budgetScript.run(connection.client, keys, [JSON.stringify(call)]));
        },
      });
      open.push({
        async close() {
          budget.close();
        },
      });
      return { budget, asked: () => asked };
    }),
  );
  const [first, second] = made;
  if (first === undefined || second === undefined) throw new Error('two workers');
  return { first, second };
}

/** Whether a retry gets its place within `ms`. */
async function fits(work: Promise<unknown>, ms = 300): Promise<boolean> {
  return Promise.race([work.then(() => true), sleep(ms, false)]);
}

describe.skipIf(redisMissing !== undefined)('a shared retry budget', () => {
  test('is spent by all workers together', async () => {
    const { first, second } = await budgets();
    expect(await fits(first.budget.spend(noSignal))).toBe(true);
    expect(await fits(second.budget.spend(noSignal))).toBe(true);
    const third = first.budget.spend(noSignal);
    expect(await fits(third)).toBe(false);
  });

  test('first attempts of one worker make room for retries of another', async () => {
    const { first, second } = await budgets();
    await Promise.all([first.budget.spend(noSignal), first.budget.spend(noSignal)]);
    const third = first.budget.spend(noSignal);
    for (let count = 0; count < 3; count += 1) second.budget.first();
    expect(await fits(third, 5000)).toBe(true);
    // Told together, and late: a page that needs no retry costs next to nothing.
    expect(second.asked()).toBe(1);
  });

  test('a retry that was none makes room again', async () => {
    const { first, second } = await budgets();
    const takeBack = await first.budget.spend(noSignal);
    await second.budget.spend(noSignal);
    const third = second.budget.spend(noSignal);
    expect(await fits(third)).toBe(false);
    takeBack();
    takeBack();
    expect(await fits(third, 5000)).toBe(true);
    expect(await fits(second.budget.spend(noSignal))).toBe(false);
  });

  test('retries stop to count when their window is over', async () => {
    const { first } = await budgets({ windowMs: 1200, minimum: 1 });
    await first.budget.spend(noSignal);
    const begun = systemClock.now();
    await first.budget.spend(noSignal);
    expect(systemClock.now() - begun).toBeGreaterThanOrEqual(1180);
  });

  test('who aborts leaves the line', async () => {
    const { first } = await budgets({ minimum: 1 });
    await first.budget.spend(noSignal);
    const leaving = new AbortController();
    const left = first.budget.spend(leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
  });
});
