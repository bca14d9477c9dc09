import { describe, expect, test } from 'vitest';
import { takeLease } from '../../../../../plugins/engines/bullmq/coordinator/lease.ts';
import { fakeClock, settle } from '../../../../support/fake-clock.ts';

const own = { id: 'me', host: 'here', pid: 1 };
const other = { id: 'other', host: 'elsewhere', pid: 9 };

/** A run whose holder is the test's to say. */
async function leased(holder = own) {
  const clock = fakeClock();
  const asked: number[] = [];
  let current = holder;
  let resigned = 0;
  const registry = {
    coordinate: async (_: string, __: unknown, ms: number) => {
      asked.push(ms);
      return current;
    },
    resign: async () => void (resigned += 1),
  };
  const lease = await takeLease({ registry, runId: 'run1', own, clock });
  const pass = async (ms: number) => {
    await clock.advance(ms);
    await settle();
  };
  return { lease, asked, pass, lose: () => void (current = other), resigned: () => resigned };
}

describe('the lease of a run', () => {
  test('is refused where another has it, with who that is', async () => {
    await expect(leased(other)).rejects.toMatchObject({
      code: 'state_locked',
      message: expect.stringContaining('process 9 on elsewhere') as string,
    });
  });

  test('is renewed each second, also while nobody asks', async () => {
    const { asked, pass, lease } = await leased();
    for (let second = 0; second < 5; second++) await pass(1000);
    await lease.assertMine();
    expect(asked).toEqual([10_000, 10_000, 10_000, 10_000, 10_000, 10_000]);
  });

  test('that was lost meanwhile is not taken for granted', async () => {
    const { lease, lose, pass } = await leased();
    lose();
    await pass(1000);
    await expect(lease.assertMine()).rejects.toMatchObject({ code: 'state_locked' });
  });

  test('is renewed no more once it is released', async () => {
    const { lease, asked, pass, resigned } = await leased();
    await lease.release();
    await pass(5000);
    expect([asked.length, resigned()]).toEqual([1, 1]);
  });
});
