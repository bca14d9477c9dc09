import { expect, test } from 'vitest';
import { createHands, type HandsOptions } from '../../../../../plugins/engines/bullmq/worker/hands.ts';
import { fakeClock, settle } from '../../../../support/fake-clock.ts';

test('a page that is in hand is not taken from its own worker', async () => {
  const clock = fakeClock();
  const starts: number[] = [];
  let answer: (started: { state: 'over' }) => void = () => undefined;
  const source = {
    start: (ordinal: number) =>
      new Promise<{ state: 'over' }>((started) => {
        starts.push(ordinal);
        answer = started;
      }),
  };
  const hands = createHands({
    ledger: { source: () => source },
    sessions: { current: { id: 's' } },
    janitor: { tend: async () => undefined, closed: new Set() },
    clock,
    signal: new AbortController().signal,
  } as unknown as HandsOptions);
  const first = hands.work('shop', 1);
  const again = hands.work('shop', 1);
  const other = hands.work('shop', 2);
  await settle();
  expect(starts).toEqual([1, 2]);
  expect(await clock.run(again)).toBe('release');
  answer({ state: 'over' });
  expect(await other).toBe('over');
  expect(starts).toEqual([1, 2]);
  void first;
});
