import { describe, expect, it } from 'vitest';
import type { PageRequest } from '../../../core/contracts/page.ts';
import { writeHashes } from '../../../core/state/hashes.ts';
import type { JournalLine, LifeLine } from '../../../core/state/lines.ts';
import { outlineJournal, replayJournal } from '../../../core/state/replay.ts';
import { restoreRun } from '../../../core/state/restore.ts';
import { rewriteJournal } from '../../../core/state/rewrite.ts';
import { createDice } from '../../../core/dice.ts';
import { fakeDisk, type FakeDisk } from '../../support/fake-disk.ts';
import { hasher } from '../../support/fake-run.ts';
import { committedEpoch, runLine, writeJournal } from '../../support/journal-files.ts';

const page = (number: number): PageRequest => ({ key: `page ${number}`, url: `/things?page=${number}` });
const baseUrls = new Map([['shop', 'https://shop.test']]);
const show = (request: PageRequest): PageRequest => request;

async function replayed(disk: FakeDisk, path: string, cut: number) {
  const run = await replayJournal({ disk, path, cut, baseUrls, hash: hasher.text, show });
  return { ...run, shop: run.sources.get('shop') };
}

async function after(lines: readonly JournalLine[], cut = 99) {
  const disk = fakeDisk();
  return replayed(disk, await writeJournal(disk, 'a', [runLine('a'), ...lines]), cut);
}

describe('the cut', () => {
  it.each<[string, readonly JournalLine[], number]>([
    ['is at nothing where nothing was committed', [], 0],
    ['is the last epoch that all have', [...committedEpoch(1), ...committedEpoch(2)], 2],
    [
      'waits for every sink',
      [...committedEpoch(1), ...committedEpoch(2).filter((line) => !('sink' in line && line.sink === 'file'))],
      1,
    ],
    ['waits for the dead letters', [...committedEpoch(1), ...committedEpoch(2).slice(0, 2)], 1],
  ])('%s', async (_title, lines, cut) => {
    const disk = fakeDisk();
    const outline = await outlineJournal(disk, await writeJournal(disk, 'a', [runLine('a'), ...lines]));
    expect(outline?.cut).toBe(cut);
    expect(outline?.positions.get('file')).toEqual(cut === 0 ? undefined : { bytes: cut * 10 });
  });

  it('is nowhere where not even the first line got to the disk', async () => {
    const disk = fakeDisk();
    expect(await outlineJournal(disk, await writeJournal(disk, 'a', []))).toBeUndefined();
  });
});

describe('a journal that is read again', () => {
  it('knows of each request whether it is done, tried, preceded and expanded', async () => {
    const { shop } = await after([
      ...committedEpoch(1, {
        added: [page(0), page(1), page(2), { extra: page(3) }],
        preceded: [0, 1],
        expanded: [1],
        attempted: [[2, 2]],
        done: [0],
      }),
    ]);
    expect([...(shop?.pending.values() ?? [])]).toEqual([
      { ordinal: 1, request: page(1), attempts: 0, fresh: false, expanded: true, extra: false },
      { ordinal: 2, request: page(2), attempts: 2, fresh: false, expanded: false, extra: false },
      { ordinal: 3, request: page(3), attempts: 0, fresh: true, expanded: false, extra: true },
    ]);
    expect(shop).toMatchObject({ added: 4, last: page(3) });
  });

  it('asks anew, with all attempts, for what was given up on', async () => {
    const { shop } = await after([
      ...committedEpoch(1, { added: [page(0)], attempted: [[0, 3]] }),
      ...committedEpoch(2, { failed: [0] }),
    ]);
    expect(shop?.pending.get(0)).toMatchObject({ attempts: 0, fresh: false });
    expect(
      (await after([...committedEpoch(1, { added: [page(0)], failed: [0] }), ...committedEpoch(2, { done: [0] })])).shop
        ?.pending.size,
    ).toBe(0);
  });

  it('knows nothing of what is behind the cut', async () => {
    const lines = [
      ...committedEpoch(1, { added: [page(0)] }),
      ...committedEpoch(2, { done: [0], added: [page(1)], capped: true }),
    ];
    const { shop, elapsedMs } = await after(lines, 1);
    expect(shop).toMatchObject({ added: 1, capped: false });
    expect(shop?.pending.size).toBe(1);
    expect(elapsedMs).toBe(200);
  });

  it('knows requests, ids and pages that were seen', async () => {
    const hashes = (...all: bigint[]): string => writeHashes([BigUint64Array.from(all)]);
    const { shop } = await after([
      ...committedEpoch(1, { added: [page(0)], ids: hashes(1n, 2n), pages: hashes(9n) }),
      ...committedEpoch(2, { ids: hashes(3n), totals: { items: 7, emptyPages: 1 } }),
    ]);
    expect([1n, 2n, 3n, 4n].map((id) => shop?.ids.has(id))).toEqual([true, true, true, false]);
    expect(shop?.pages.has(9n)).toBe(true);
    expect(shop?.seen.has(hasher.text('key page 0'))).toBe(true);
    expect(shop?.totals).toEqual({ items: 7, declared: undefined, emptyPages: 1 });
  });

  it('takes what a retry tries again out of the figures, and counts how far it got since', async () => {
    const figures = { n: { read: 3, rejected: 3 } };
    const life: LifeLine = {
      type: 'life',
      life: 2,
      at: 0,
      epoch: 1,
      retried: { shop: { n: { read: 2, rejected: 2 } } },
    };
    const { shop, retryLife } = await after([
      ...committedEpoch(1, { added: [page(0)], redriven: 5, figures }),
      life,
      ...committedEpoch(2, { redriven: 1, figures: { n: { read: 1, records: 1 } } }),
    ]);
    expect(retryLife).toBe(2);
    expect(shop).toMatchObject({ redriven: 1, figures: { read: 2, rejected: 1, records: 1 } });
  });

  it('hands a retry the items that it has not come to, and begins anew a source that was never asked', async () => {
    const run = await after([...committedEpoch(1, { added: [page(0)], redriven: 1, figures: { n: { records: 4 } } })]);
    const letters = new Map([['shop', ['1', '2', '3'].map((raw) => ({ raw }))]]);
    const { restored, earlier } = restoreRun({ run: runLine('a', { sources: ['shop', 'silent'] }) }, run, 3, letters);
    expect(restored.get('shop')?.letters).toEqual([{ raw: '2' }, { raw: '3' }]);
    expect(restored.has('silent')).toBe(false);
    expect(earlier).toMatchObject({ life: 3, records: 4, startedAt: Date.UTC(2026, 0, 31, 12) });
  });
});

describe('a journal that is written anew', () => {
  const life: LifeLine = { type: 'life', life: 2, at: 5, epoch: 1 };
  const lines = [
    runLine('a'),
    ...committedEpoch(1, { added: [page(0)] }),
    ...committedEpoch(2, { done: [0] }).slice(0, 2),
    { type: 'end', at: 0, ending: 'partial', records: 1 } as const,
  ];

  async function rewrite(disk: FakeDisk, path: string): Promise<void> {
    const outline = await outlineJournal(disk, path);
    if (outline === undefined) throw new Error('it is there');
    await rewriteJournal({ disk, path, outline, fingerprint: { sources: 'new' }, life, positions: outline.positions });
  }

  it('has lost what was behind the cut, and stands where it stood', async () => {
    const disk = fakeDisk();
    const path = await writeJournal(disk, 'a', lines);
    await rewrite(disk, path);
    const outline = await outlineJournal(disk, path);
    expect(outline).toMatchObject({ cut: 1, life, end: undefined, run: { fingerprint: { sources: 'new' }, id: 'a' } });
    expect(outline?.positions.get('file')).toEqual({ bytes: 10 });
    expect((await replayed(disk, path, 99)).shop?.pending.size).toBe(1);
    expect(disk.paths()).toEqual([path]);
  });

  it('is the old one or the new one after a crash in any operation', async () => {
    const disk = fakeDisk();
    const path = await writeJournal(disk, 'a', lines);
    // What was written is on the disk itself.
    await (await disk.append(path)).sync();
    const old = disk.contents(path)?.toString();
    const undisturbed = disk.restart({ power: false });
    await rewrite(undisturbed, path);
    const fresh = undisturbed.contents(path)?.toString();
    for (let crashAfter = 0; crashAfter < undisturbed.operations; crashAfter++) {
      const dying = disk.restart({ power: false, crashAfter });
      await expect(rewrite(dying, path)).rejects.toThrow('dead');
      for (const power of [false, true]) {
        const found = dying
          .restart({ power, dice: createDice(crashAfter) })
          .contents(path)
          ?.toString();
        expect([old, fresh]).toContain(found);
      }
    }
  });
});
