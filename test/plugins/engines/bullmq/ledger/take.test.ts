import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../../../core/errors.ts';
import { redisMissing } from '../../../../support/redis.ts';
import { ackOf, donePage, failedPage, startPage, useLedgers } from './ledger-fixture.ts';

describe.skipIf(redisMissing !== undefined)('taking pages into lots', () => {
  const window = { window: 4, branching: 4 };
  const { begun } = useLedgers();

  test('begins one for each lot that has room, and opens others for the queue', async () => {
    const { source } = await begun(10);
    await source.slice({ window: 1, branching: 1 });
    const lots = [
      { lot: 0, token: 'a' },
      { lot: 0, token: 'b' },
    ];
    const took = await source.take(lots, 5, window);
    expect(took.pages.map(({ page }) => [page.ordinal, page.token])).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(took).toMatchObject({ taken: [3], open: 4, inWork: 2, waiting: 6 });
    expect(await source.take(lots, 0, window)).toMatchObject({ pages: [], taken: [] });
  });

  test('whoever gets the lot next gets all of it that is not done', async () => {
    const { ledger, source } = await begun(4);
    await source.slice({ window: 1, branching: 1 });
    const first = await startPage(source, 0, 'dead');
    await source.take([{ lot: 0, token: 'dead too' }], 0, window);
    await ledger.acknowledge(ackOf(1, [donePage('shop', first)]));
    const begunAnew = await source.start(0, 'heir');
    expect(begunAnew.map(({ page, lives }) => [page.ordinal, page.token, lives])).toEqual([[1, 'heir', 2]]);
    await source.settle({ ...first, ordinal: 1, token: 'heir' }, failedPage(1));
    expect(await source.start(0, 'late')).toEqual([]);
  });

  test('a lot that lost its job while it had pages is found', async () => {
    const { source } = await begun(4);
    await source.slice({ window: 1, branching: 1 });
    await startPage(source, 0, 'worker');
    await source.take([{ lot: 0, token: 'x' }], 0, window);
    expect(await source.orphans()).toEqual([0]);
  });

  test('takes nothing of a source that was refused', async () => {
    const { source } = await begun(4);
    await source.refuse(new SluiceError('pagination_loop', 'again'));
    expect(await source.take([{ lot: 0, token: 'x' }], 1, window)).toMatchObject({ pages: [], status: 'refused' });
  });
});
