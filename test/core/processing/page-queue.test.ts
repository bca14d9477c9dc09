import { describe, expect, it } from 'vitest';
import type { PageInput, PageVerdict } from '../../../core/contracts/batch.ts';
import { none } from '../../../core/processing/in-hand.ts';
import { createPageQueue } from '../../../core/processing/page-queue.ts';
import type { ThreadLoss, WaitingPage } from '../../../core/processing/thread-loss.ts';
import { pageOf } from './page.ts';

function queueOf(count: number) {
  const queue = createPageQueue(1_000_000);
  const verdicts = new Map<string, PageVerdict>();
  const add = (page: PageInput) => queue.add(page, (verdict) => verdicts.set(page.processedAt, verdict));
  // The time stands for the name of the page.
  for (let index = 0; index < count; index++) add(pageOf([], { processedAt: `p${index}` }));
  return { ...queue, insert: add, verdicts };
}

const lost = (why: ThreadLoss['why'], page: number, item: number): ThreadLoss => ({
  why,
  place: { page, item },
  message: 'gone',
});

const namesOf = (batch: readonly WaitingPage[]) => batch.map(({ page }) => page.processedAt);

describe('createPageQueue', () => {
  it('gives whatever waits, up to the bytes of a batch, and a larger page alone', () => {
    const queue = createPageQueue(10);
    const sizes = [4, 4, 4, 30, 1, 1];
    for (const size of sizes) queue.add(pageOf('x'.repeat(size)), () => undefined);
    const taken = [queue.take(), queue.take(), queue.take(), queue.take(), queue.take()];
    expect(taken.map((batch) => batch.map(({ page }) => page.bytes.length))).toEqual([[4, 4], [4], [30], [1, 1], []]);
  });

  it('gives pages of one source at a time, each in the order in which it came', () => {
    const queue = createPageQueue(1_000_000);
    const pages = [
      ['a', 'p0'],
      ['b', 'p1'],
      ['a', 'p2'],
      ['c', 'p3'],
      ['b', 'p4'],
    ];
    for (const [source = '', processedAt = ''] of pages) {
      queue.add({ ...pageOf([], { processedAt }), source }, () => undefined);
    }
    expect([queue.take(), queue.take(), queue.take(), queue.take()].map(namesOf)).toEqual([
      ['p0', 'p2'],
      ['p1', 'p4'],
      ['p3'],
      [],
    ]);
  });

  it('lets nothing stand behind a batch but pages of its source, and no suspects on either side', () => {
    const { take, putBack, insert } = queueOf(3);
    const batch = take();
    insert(pageOf([], { source: 'other', processedAt: 'of another' }));
    expect(take(batch)).toEqual([]);
    expect(namesOf(take())).toEqual(['of another']);
    putBack(batch, lost('crash', 1, 0));
    const first = take();
    expect(take(first)).toEqual([]);
    const suspect = take();
    expect([first, suspect].map(namesOf)).toEqual([['p0'], ['p1']]);
    expect(take(suspect)).toEqual([]);
    expect(namesOf(take(first))).toEqual(['p2']);
  });

  it('puts back what no loss is told of as it was', () => {
    const { take, putBack } = queueOf(2);
    const batch = take();
    putBack(batch, undefined);
    expect(take()).toEqual(batch);
  });

  it('tries the page with the record at fault again alone, without that record, and the others as they were', () => {
    const { take, putBack } = queueOf(4);
    putBack(take(), lost('timeout', 2, 5));
    expect(namesOf(take())).toEqual(['p0', 'p1']);
    const [suspect] = take();
    expect(suspect?.page.poisoned).toEqual(new Map([[5, { reason: 'record_timeout', message: 'gone' }]]));
    expect(namesOf(take())).toEqual(['p3']);
  });

  it('gives each page one more try, alone, where the thread had none of them in hand', () => {
    const { take, putBack, verdicts } = queueOf(2);
    putBack(take(), lost('crash', none, none));
    const first = take();
    expect(namesOf(first)).toEqual(['p0']);
    putBack(first, lost('crash', 0, none));
    expect(verdicts.get('p0')).toMatchObject({ code: 'worker_failed', message: 'gone' });
    expect(namesOf(take())).toEqual(['p1']);
    expect(verdicts.size).toBe(1);
  });

  it('has one page at a time under way of those that may have eaten the memory, and blames none of them', () => {
    const { take, putBack, done } = queueOf(3);
    const batch = take();
    putBack(batch.slice(0, 1), lost('memory-unsure', 0, 3));
    putBack(batch.slice(1, 2), lost('memory-unsure', 0, 4));
    putBack(batch.slice(2), lost('crash', none, none));
    const first = take();
    const second = take();
    expect([first, second].map(namesOf)).toEqual([['p2'], ['p1']]);
    expect(second[0]?.page.poisoned).toBeUndefined();
    expect(take()).toEqual([]);
    done(second);
    expect(namesOf(take())).toEqual(['p0']);
  });

  it('fails a page that costs a thread for a record that was not looked at', () => {
    const { take, putBack, verdicts } = queueOf(1);
    putBack(take(), lost('crash', 0, 1));
    putBack(take(), lost('crash', 0, 1));
    expect(verdicts.get('p0')).toMatchObject({ code: 'worker_failed' });
  });

  it('knows the records at fault when a page comes again with the same bytes', () => {
    const { take, putBack, insert } = queueOf(1);
    const batch = take();
    putBack(batch, lost('crash', 0, 1));
    take();
    insert({ ...(batch[0]?.page ?? pageOf([])), known: BigUint64Array.of(1n) });
    expect([...(take()[0]?.page.poisoned?.keys() ?? [])]).toEqual([1]);
  });

  it('fails all pages of a source that cost twenty threads, once each, and none of another', () => {
    const { take, putBack, insert, verdicts } = queueOf(25);
    insert(pageOf([], { source: 'other', processedAt: 'fine' }));
    const [first, ...rest] = take();
    for (const page of first === undefined ? [] : rest.slice(0, 20)) putBack([page], lost('crash', 0, 0));
    expect(verdicts.size).toBe(20);
    insert(pageOf([], { processedAt: 'late' }));
    expect(verdicts.get('late')).toMatchObject({ code: 'worker_failed' });
    if (first !== undefined) putBack([first], lost('crash', none, none));
    expect(verdicts.size).toBe(22);
    expect(namesOf(take())).toEqual(['fine']);
    expect(namesOf(take())).toEqual([]);
    insert(pageOf([], { source: 'other', processedAt: 'fine too' }));
    expect(namesOf(take())).toEqual(['fine too']);
  });
});
