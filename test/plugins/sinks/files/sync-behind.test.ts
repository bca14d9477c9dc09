import { beforeEach, describe, expect, it } from 'vitest';
import { createSyncBehind, type SyncBehind } from '../../../../plugins/sinks/files/sync-behind.ts';

const mebibyte = 1024 * 1024;

/** Syncs that were asked for, and how each is to end. */
let asked: { end(): void; fail(error: Error): void }[];
let durable: SyncBehind;

beforeEach(() => {
  asked = [];
  const datasync = (): Promise<void> => new Promise((end, fail) => void asked.push({ end, fail }));
  durable = createSyncBehind({ datasync }, 0);
});

async function settled(promise: Promise<void>): Promise<boolean> {
  let isSettled = false;
  const note = (): void => void (isSettled = true);
  promise.then(note, note);
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return isSettled;
}

describe('createSyncBehind', () => {
  it('leaves little to its commit', () => {
    durable.wrote(2 * mebibyte - 1);
    expect(asked).toHaveLength(0);
  });

  it('syncs each two mebibytes, one sync at a time', async () => {
    durable.wrote(2 * mebibyte);
    durable.wrote(5 * mebibyte);
    expect(asked).toHaveLength(1);
    asked[0]?.end();
    await Promise.resolve();
    expect(asked).toHaveLength(2);
    asked[1]?.end();
    await Promise.resolve();
    durable.wrote(6 * mebibyte);
    expect(asked).toHaveLength(2);
  });

  it('counts from where a file is taken up', () => {
    const datasync = (): Promise<void> => new Promise((end, fail) => void asked.push({ end, fail }));
    createSyncBehind({ datasync }, 10 * mebibyte).wrote(11 * mebibyte);
    expect(asked).toHaveLength(0);
  });

  it('takes a sync that began before the last write for none of it', async () => {
    durable.wrote(2 * mebibyte);
    durable.wrote(3 * mebibyte);
    const committed = durable.sync();
    asked[0]?.end();
    expect(await settled(committed)).toBe(false);
    asked[1]?.end();
    await committed;
  });

  it('waits for the one under way, which may be the one that is told of a lost write', async () => {
    durable.wrote(2 * mebibyte);
    const committed = durable.sync();
    asked[1]?.end();
    expect(await settled(committed)).toBe(false);
    asked[0]?.fail(new Error('EIO'));
    await expect(committed).rejects.toThrow('EIO');
  });

  it('goes on failing, and syncs no more', async () => {
    durable.wrote(2 * mebibyte);
    asked[0]?.fail(new Error('EIO'));
    await expect(durable.settle()).rejects.toThrow('EIO');
    durable.wrote(9 * mebibyte);
    expect(asked).toHaveLength(1);
    const committed = durable.sync();
    asked[1]?.end();
    await expect(committed).rejects.toThrow('EIO');
  });
});
