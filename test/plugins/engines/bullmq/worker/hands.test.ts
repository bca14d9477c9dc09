import { expect, test } from 'vitest';
import { createHands, type HandsOptions } from '../../../../../plugins/engines/bullmq/worker/hands.ts';
import { fakeClock, settle } from '../../../../support/fake-clock.ts';

test('a lot that is in hand is not taken from its own worker', async () => {
  const clock = fakeClock();
  const starts: number[] = [];
  let answer: (started: readonly never[]) => void = () => undefined;
  const source = {
    start: (lot: number) =>
      new Promise<readonly never[]>((started) => {
        starts.push(lot);
        answer = started;
      }),
  };
  const hands = createHands({
    ledger: { source: () => source },
    sessions: { current: { id: 's' } },
    janitor: { tend: async () => undefined, closed: new Set() },
    sources: [],
    concurrency: 10,
    clock,
    signal: new AbortController().signal,
  } as unknown as HandsOptions);
  const first = hands.work('shop', 1);
  const again = hands.work('shop', 1);
  const other = hands.work('shop', 2);
  await settle();
  expect(starts).toEqual([1, 2]);
  expect(await clock.run(again)).toBe('release');
  answer([]);
  expect(await other).toBe('over');
  expect(starts).toEqual([1, 2]);
  void first;
});
