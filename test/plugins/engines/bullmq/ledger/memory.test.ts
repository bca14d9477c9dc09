import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewRequest, RunLedger } from '../../../../../plugins/engines/bullmq/ledger/ledger.ts';
import type { OpenPage } from '../../../../../plugins/engines/bullmq/ledger/open-page.ts';
import type { RedisConnection } from '../../../../../plugins/engines/bullmq/redis/connect.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { donePage, openLedger } from './ledger-fixture.ts';

describe.skipIf(redisMissing !== undefined)('the memory that a run takes in Redis', () => {
  let redis: TestRedis;
  let ledger: RunLedger;
  let connection: RedisConnection;
  let empty: number;
  beforeAll(async () => {
    redis = await startRedis();
    ({ ledger, connection } = await openLedger(redis, ['shop', 'thirty', 'hundredThirty']));
    empty = await used();
  });
  afterAll(async () => {
    await connection.close();
    await redis.close();
  });

  async function used(): Promise<number> {
    return Number(/^used_memory_dataset:(\d+)/m.exec(await redis.ask('INFO', 'memory'))?.[1]);
  }

  const hash = (): bigint => randomBytes(8).readBigUInt64BE();

  function request(at: number): NewRequest {
    const page = { key: `GET /items?limit=100&offset=${at * 100}`, url: `/items?limit=100&offset=${at * 100}` };
    return { request: page, hashes: [hash(), hash()], listing: undefined, opens: false };
  }

  test('is less than 28 bytes for a record of a page that is done, and a third of a kilobyte for a page that waits', async () => {
    const source = ledger.source('shop');
    const pages = 2000;
    const recordsOfPage = 100;
    await source.add(
      Array.from({ length: pages }, (_, at) => request(at)),
      { reason: 'first', maxPages: pages },
    );
    const waiting = (await used()) - empty;
    const open: OpenPage[] = [];
    for (let number = 1; open.length < pages; number++) {
      const { taken } = await source.slice({ window: 100, branching: 100 });
      const started = await Promise.all(taken.map((ordinal) => source.start(ordinal, 't')));
      const these = started.flat().map(({ page }) => page);
      open.push(...these);
      await Promise.all(
        these.map((page) => source.claim(page, hash(), BigUint64Array.from({ length: recordsOfPage }, hash))),
      );
      const done = these.map((page) => donePage('shop', page));
      await ledger.acknowledge({ session: 's', number, worker: 'w', pages: done, sinks: {}, positions: {} });
    }
    const last = (await ledger.outcomes('0', pages)).at(-1)?.id ?? '0';
    await ledger.keepCheckpoint('0', last, Buffer.from('folded'));
    const done = (await used()) - empty;
    expect(waiting / pages).toBeLessThan(350);
    // All that is kept of the pages is in it too.
    expect(done / (pages * recordsOfPage)).toBeLessThan(28);
  });

  test('is given back by a source that has ended', async () => {
    const source = ledger.source('shop');
    const full = (await used()) - empty;
    expect(await source.end(await source.standing(), [{ kind: 'ended', source: 'shop', state: 'complete' }])).toBe(
      true,
    );
    // The server frees it in the background.
    await expect.poll(async () => (await used()) - empty, { timeout: 5000 }).toBeLessThan(full / 5);
  });

  test.each([
    { source: 'thirty', characters: 30 },
    { source: 'hundredThirty', characters: 130 },
  ])(
    'is 70 bytes for a request that waits, and two for each of the $characters characters of its path',
    async (each) => {
      const requests = 20_000;
      const before = await used();
      await ledger.source(each.source).add(
        Array.from({ length: requests }, (_, at) => {
          const url = `/items?offset=${at}`.padEnd(each.characters, '0');
          return { request: { key: `GET ${url}`, url }, hashes: [hash(), hash()], listing: undefined, opens: false };
        }),
        { reason: 'first', maxPages: requests },
      );
      const bytes = ((await used()) - before) / requests;
      expect(bytes).toBeGreaterThan((70 + each.characters * 2) * 0.85);
      expect(bytes).toBeLessThan((70 + each.characters * 2) * 1.15);
    },
  );
});
