import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SluiceError } from '../../../../../core/errors.ts';
import type { RunLedger } from '../../../../../plugins/engines/bullmq/ledger/ledger.ts';
import { redisMissing, startRedis, type TestRedis } from '../../../../support/redis.ts';
import { openLedger } from './ledger-fixture.ts';

describe.skipIf(redisMissing !== undefined)('what all processes of a run have in common', () => {
  let redis: TestRedis;
  let ledger: RunLedger;
  let close: () => Promise<void>;
  beforeAll(async () => {
    redis = await startRedis();
    const opened = await openLedger(redis);
    ({ ledger } = opened);
    close = () => opened.connection.close();
  });
  afterAll(async () => {
    await close();
    await redis.close();
  });

  test('a checkpoint is kept by whoever goes on from the last one, and cuts off what it holds', async () => {
    await ledger.tell([
      { kind: 'notice', source: 'shop', error: new SluiceError('total_mismatch', 'one') },
      { kind: 'notice', source: 'shop', error: new SluiceError('total_mismatch', 'two') },
    ]);
    const [one] = await ledger.outcomes('0', 1);
    const id = one?.id ?? '';
    expect(await ledger.keepCheckpoint('0', id, Buffer.from('state'))).toBe(true);
    expect(await ledger.keepCheckpoint('0', id, Buffer.from('other'))).toBe(false);
    expect(await ledger.checkpoint()).toEqual({ id, state: Buffer.from('state') });
    expect((await ledger.outcomes(id, 10)).map(({ outcome }) => outcome)).toMatchObject([
      { error: { message: 'two' } },
    ]);
  });

  test('a duty is one holder’s', async () => {
    expect(await ledger.duty('fold', 'a', 50)).toBe(true);
    expect(await ledger.duty('fold', 'a', 50)).toBe(true);
    expect(await ledger.duty('fold', 'b', 50)).toBe(false);
    await expect.poll(() => ledger.duty('fold', 'b', 50)).toBe(true);
  });
});
