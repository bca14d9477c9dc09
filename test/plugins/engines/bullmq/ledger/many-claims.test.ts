import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { failedPage, hashOf, openLedger, requestFor } from './ledger-fixture.ts';

describe.skipIf(redisMissing !== undefined)('claims on more records than are kept at hand', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  test('are known for ever, and given back by a page that fails', async () => {
    const { ledger, connection } = await openLedger(redis);
    const source = ledger.source('shop');
    await source.add([requestFor(0), requestFor(1)], { reason: 'first', maxPages: 100 });
    await source.slice({ window: 2, branching: 2 });
    const [[first], [second]] = [await source.start(0, 'a'), await source.start(1, 'b')];
    if (first === undefined || second === undefined) throw new Error('a page is over');
    const many = BigUint64Array.from({ length: 50_000 }, (_, index) => hashOf(`record ${index}`));
    for (let upTo = 10_000; upTo <= many.length; upTo += 10_000) {
      expect(await source.claim(first.page, 1n, many.slice(0, upTo))).toEqual({ state: 'yours' });
    }
    const some = many.slice(100, 3000);
    expect(await source.claim(second.page, 2n, some)).toEqual({ state: 'duplicates', ids: some, undecided: true });
    await source.settle(first.page, failedPage(0));
    expect(await source.claim(second.page, 2n, many)).toEqual({ state: 'yours' });
    await connection.close();
  });
});
