import { describe, expect, it } from 'vitest';
import type { FakeDisk } from '../../support/fake-disk.ts';
import { createDice } from '../../../core/dice.ts';
import { fakeDisk } from '../../support/fake-disk.ts';

/** All that the next life may find in a file, over many throws of the dice. */
function outcomes(disk: FakeDisk, path: string, power: boolean): Set<string | undefined> {
  const seeds = Array.from({ length: 400 }, (_, seed) => seed);
  return new Set(
    seeds.map((seed) =>
      disk
        .restart({ power, dice: createDice(seed) })
        .contents(path)
        ?.toString(),
    ),
  );
}

/** A disk with a file that holds `ab`, synced, and dies in the operation after `more`. */
async function withFile(more: number): Promise<FakeDisk> {
  const disk = fakeDisk({ crashAfter: 3 + more });
  const file = await disk.append('/file');
  await file.append(Buffer.from('ab'));
  await file.sync();
  return disk;
}

const dead = 'the process is dead';

describe('the fake disk', () => {
  it('has any beginning of an append that was under way, and all that was appended before, after a kill', async () => {
    const disk = await withFile(2);
    const file = await disk.append('/file');
    await file.append(Buffer.from('cd'));
    await expect(file.append(Buffer.from('ef'))).rejects.toThrow(dead);
    await expect(file.sync()).rejects.toThrow(dead);
    expect(outcomes(disk, '/file', false)).toEqual(new Set(['abcd', 'abcde', 'abcdef']));
  });

  it('may lack any end of what was not synced after a power cut, or have zeros there', async () => {
    const disk = await withFile(Infinity);
    await (await disk.append('/file')).append(Buffer.from('cd'));
    const found = outcomes(disk, '/file', true);
    for (const bytes of ['ab', 'abc', 'abcd', 'ab\0d', 'abc\0', 'ab\0\0']) expect(found).toContain(bytes);
    for (const bytes of found) expect(bytes).toMatch(/^ab[c\0]?[d\0]?$/);
  });

  it('may not have cut a file that was cut without a sync', async () => {
    const cut = async (): Promise<FakeDisk> => {
      const disk = await withFile(Infinity);
      await (await disk.append('/file')).truncate(1);
      return disk;
    };
    expect(outcomes(await cut(), '/file', false)).toEqual(new Set(['a']));
    expect(outcomes(await cut(), '/file', true)).toEqual(new Set(['a', 'ab']));
    const synced = await cut();
    await (await synced.append('/file')).sync();
    expect(outcomes(synced, '/file', true)).toEqual(new Set(['a']));
  });

  it('has made a rename that was under way, or has not', async () => {
    const disk = await withFile(0);
    await expect(disk.rename('/file', '/other')).rejects.toThrow(dead);
    expect(outcomes(disk, '/other', true)).toEqual(new Set(['ab', undefined]));
  });

  it('may have several operations under way when it dies, each done in part', async () => {
    const disk = fakeDisk({ crashAfter: 5, dice: createDice(4) });
    const [one, two] = [await disk.append('/one'), await disk.append('/two')];
    const work = [one, two, one, two].map((file) => file.append(Buffer.from('x')));
    expect((await Promise.allSettled(work)).some(({ status }) => status === 'rejected')).toBe(true);
    expect(disk.dead).toBe(true);
    const both = Array.from({ length: 100 }, (_, seed) => {
      const next = disk.restart({ power: false, dice: createDice(seed) });
      return `${next.contents('/one')?.length}${next.contents('/two')?.length}`;
    });
    expect(new Set(both).size).toBeGreaterThan(2);
  });

  it('lives on in the next life, folders and all', async () => {
    const disk = fakeDisk();
    await disk.makeFolder('/a/b');
    await (await disk.append('/a/b/file')).append(Buffer.from('x'));
    const next = disk.restart({ power: false });
    await expect(disk.list('/')).rejects.toThrow(dead);
    expect([await next.list('/'), await next.list('/a'), await next.list('/a/b')]).toEqual([['a'], ['b'], ['file']]);
    await next.rename('/a', '/c');
    expect(next.paths()).toEqual(['/c/b/file']);
    await next.remove('/c');
    expect([next.paths(), await next.list('/c')]).toEqual([[], []]);
    await expect(next.append('/c/file')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
