import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../../../core/errors.ts';
import { redisMissing } from '../../../../support/redis.ts';
import {
  ackOf,
  donePage,
  dyingAfter,
  failedPage,
  ids,
  ledgerOf,
  requestFor,
  startPage,
  useLedgers,
} from './ledger-fixture.ts';

describe.skipIf(redisMissing !== undefined)('the ledger of a run', () => {
  const { begun, redis } = useLedgers();

  describe('adding requests', () => {
    test('adds first requests once, whoever adds them again', async () => {
      const { source } = await begun(3);
      await source.add([requestFor(0), requestFor(1), requestFor(2)], { reason: 'first', maxPages: 100 });
      const { added, addedToOwn, waiting, begun: isBegun, last } = await source.standing();
      expect({ added, addedToOwn, waiting, isBegun, last: last?.key }).toEqual({
        added: 3,
        addedToOwn: 3,
        waiting: 3,
        isBegun: true,
        last: 'page-2',
      });
    });

    test('adds the follow-ups of a page once, whoever works on it again', async () => {
      const { source } = await begun(1);
      await source.slice({ window: 10, branching: 10 });
      await startPage(source, 0, 'first worker');
      const follow = { reason: 'next', ordinal: 0, maxPages: 100 } as const;
      expect(await source.add([requestFor('a'), requestFor('b')], follow)).toEqual({ state: 'added', at: 0 });
      const again = await source.start(0, 'second worker');
      expect(again).toMatchObject([{ expanded: true, preceded: false, lives: 2 }]);
      expect(await source.add([requestFor('a'), requestFor('b')], follow)).toEqual({ state: 'added', at: 0 });
      expect((await source.standing()).added).toBe(3);
    });

    test('adds nothing for a page that is done', async () => {
      const { ledger, source } = await begun(1);
      await source.slice({ window: 10, branching: 10 });
      const page = await startPage(source, 0);
      await ledger.acknowledge(ackOf(1, [donePage('shop', page)]));
      const late = await source.add([requestFor('a')], { reason: 'next', ordinal: 0, maxPages: 100 });
      expect(late.state).toBe('over');
      expect((await source.standing()).added).toBe(1);
    });

    test('tells a request that was asked for before, each time, and keeps those before it', async () => {
      const { source } = await begun(1);
      await source.slice({ window: 10, branching: 10 });
      await startPage(source, 0);
      const follow = { reason: 'next', ordinal: 0, maxPages: 100 } as const;
      const requests = [requestFor('a'), requestFor(0), requestFor('b')];
      expect(await source.add(requests, follow)).toEqual({ state: 'loop', at: 1 });
      expect(await source.add(requests, follow)).toEqual({ state: 'loop', at: 1 });
      expect((await source.standing()).added).toBe(2);
    });

    test('leaves out what is beyond the cap', async () => {
      const { source } = await begun(5, 3);
      expect(await source.standing()).toMatchObject({ added: 3, capped: true });
    });

    test('adds more requests than one call takes, each once, also when a worker dies in the middle', async () => {
      const { source, key, connection } = await begun(1);
      await source.slice({ window: 1, branching: 1 });
      await startPage(source, 0);
      const many = Array.from({ length: 700 }, (_, index) => requestFor(`x${index}`));
      const follow = { reason: 'next', ordinal: 0, maxPages: 2000 } as const;
      await expect(ledgerOf(dyingAfter(1, connection.client), key).source('shop').add(many, follow)).rejects.toThrow(
        'killed',
      );
      expect(await source.standing()).toMatchObject({ added: 501 });
      expect(await source.start(0, 'heir')).toMatchObject([{ expanded: false }]);
      await source.add(many, follow);
      expect(await source.standing()).toMatchObject({ added: 701 });
    });

    test('hands out what hangs from an item before more of the own listing', async () => {
      const { source } = await begun(2);
      await source.slice({ window: 1, branching: 1 });
      await startPage(source, 0);
      await source.add([requestFor('r1', 'reviews-1', true), requestFor('r2', 'reviews-2', true)], {
        reason: 'open',
        ordinal: 0,
        maxPages: 100,
      });
      expect((await source.slice({ window: 10, branching: 10 })).taken).toEqual([2, 3, 1]);
    });

    test('leaves out a dependent listing that was opened before', async () => {
      const { source } = await begun(2);
      await source.slice({ window: 2, branching: 2 });
      await startPage(source, 0);
      await startPage(source, 1);
      const opened = [requestFor('r1', 'reviews-1', true)];
      await source.add(opened, { reason: 'open', ordinal: 0, maxPages: 100 });
      expect(await source.add(opened, { reason: 'open', ordinal: 1, maxPages: 100 })).toEqual({
        state: 'added',
        at: 0,
      });
      expect((await source.standing()).added).toBe(3);
    });

    test('caps each dependent listing', async () => {
      const { source } = await begun(1);
      await source.slice({ window: 1, branching: 1 });
      await startPage(source, 0);
      await source.add([requestFor('r1', 'reviews-1', true)], { reason: 'open', ordinal: 0, maxPages: 1 });
      await source.slice({ window: 5, branching: 5 });
      await startPage(source, 1);
      const more = [requestFor('r1-2', 'reviews-1')];
      expect(await source.add(more, { reason: 'next', ordinal: 1, maxPages: 1 })).toEqual({ state: 'cap', at: 0 });
    });
  });

  describe('opening pages for the queue', () => {
    test('opens no more than the window, and more as pages go to the sinks', async () => {
      const { source } = await begun(10);
      expect((await source.slice({ window: 4, branching: 4 })).taken).toEqual([0, 1, 2, 3]);
      expect((await source.slice({ window: 4, branching: 4 })).taken).toEqual([]);
      await source.claim(await startPage(source, 0), 1n, ids('a'));
      expect((await source.slice({ window: 4, branching: 4 })).taken).toEqual([4]);
    });

    test('finds pages that are open and have no job', async () => {
      const { source, connection, key } = await begun(2);
      await source.slice({ window: 4, branching: 4 });
      await connection.client.set(`${key}:pages:shop.1`, 'a job');
      expect(await source.orphans()).toEqual([0]);
    });
  });

  describe('a page in work', () => {
    test('is the last one’s who started it', async () => {
      const { ledger, source } = await begun(1);
      await source.slice({ window: 1, branching: 1 });
      const zombie = await startPage(source, 0, 'zombie');
      const heir = await startPage(source, 0, 'heir');
      expect(await source.claim(zombie, 1n, ids('a'))).toEqual({ state: 'stale' });
      expect(await source.attempted(zombie, 2)).toBe(false);
      expect(await source.release(zombie)).toBe(false);
      expect(await ledger.acknowledge(ackOf(1, [donePage('shop', zombie)], 'z'))).toEqual({ taken: false });
      expect(await ledger.acknowledge(ackOf(1, [donePage('shop', heir)], 'h'))).toMatchObject({ taken: true });
      expect((await source.standing()).delivered).toBe(1);
    });

    test('counts its lives, and gives one back when it is let go of', async () => {
      const { source } = await begun(1);
      await source.slice({ window: 1, branching: 1 });
      const lives = async (token: string): Promise<unknown> => await source.start(0, token);
      expect(await lives('a')).toMatchObject([{ lives: 1 }]);
      // The same call once more, for the answer was lost.
      expect(await lives('a')).toMatchObject([{ lives: 1 }]);
      expect(await lives('b')).toMatchObject([{ lives: 2 }]);
      await source.release(await startPage(source, 0, 'b'));
      expect(await lives('c')).toMatchObject([{ lives: 2 }]);
    });

    test('counts the workers that were gone while it was processed, and no others', async () => {
      const { source } = await begun(1);
      await source.slice({ window: 1, branching: 1 });
      const first = await startPage(source, 0, 'a');
      await source.suspect(first);
      await source.claim(first, 1n, ids('a'));
      expect(await source.start(0, 'b')).toMatchObject([{ deaths: 0 }]);
      await source.suspect({ ...first, token: 'b' });
      expect(await source.start(0, 'c')).toMatchObject([{ deaths: 1 }]);
      await source.suspect({ ...first, token: 'c' });
      expect(await source.start(0, 'd')).toMatchObject([{ deaths: 2 }]);
      await source.suspect({ ...first, token: 'd' });
      await source.release({ ...first, token: 'd' });
      expect(await source.start(0, 'e')).toMatchObject([{ deaths: 2 }]);
    });

    test('keeps its attempts', async () => {
      const { source } = await begun(1);
      await source.slice({ window: 1, branching: 1 });
      await source.attempted(await startPage(source, 0, 'a'), 3);
      expect(await source.start(0, 'b')).toMatchObject([{ attempts: 3 }]);
    });

    test('is not started when it is done, or when the source takes no more', async () => {
      const { ledger, source } = await begun(2);
      await source.slice({ window: 2, branching: 2 });
      await ledger.acknowledge(ackOf(1, [donePage('shop', await startPage(source, 0))]));
      expect(await source.start(0, 'late')).toEqual([]);
      await startPage(source, 1, 'dead');
      await source.refuse(new SluiceError('cross_origin', 'elsewhere'));
      expect(await source.start(1, 'heir')).toEqual([]);
      expect(await source.standing()).toMatchObject({ status: 'refused', inWork: 0 });
    });
  });

  describe('claims', () => {
    async function three() {
      const { source, ledger } = await begun(3);
      await source.slice({ window: 3, branching: 3 });
      return {
        ledger,
        source,
        pages: [await startPage(source, 0), await startPage(source, 1), await startPage(source, 2)] as const,
      };
    }

    test('a page owns what it claims first, and may claim it again', async () => {
      const { source, pages } = await three();
      expect(await source.claim(pages[0], 1n, ids('a', 'b'))).toEqual({ state: 'yours' });
      expect(await source.claim(pages[0], 1n, ids('a', 'b'))).toEqual({ state: 'yours' });
      expect(await source.claim(pages[1], 2n, ids('b', 'c'))).toEqual({
        state: 'duplicates',
        ids: BigUint64Array.from(ids('b')),
        undecided: true,
      });
    });

    test('what a done page owns is decided', async () => {
      const { ledger, source, pages } = await three();
      await source.claim(pages[0], 1n, ids('a'));
      await ledger.acknowledge(ackOf(1, [donePage('shop', pages[0])]));
      expect(await source.claim(pages[1], 2n, ids('a'))).toMatchObject({ state: 'duplicates', undecided: false });
    });

    test('a page that comes out otherwise gives back what it no longer has', async () => {
      const { source, pages } = await three();
      await source.claim(pages[0], 1n, ids('a', 'b'));
      const heir = await startPage(source, 0, 'heir');
      expect(await source.claim(heir, 9n, ids('a'))).toEqual({ state: 'yours' });
      expect(await source.claim(pages[1], 1n, ids('b'))).toEqual({ state: 'yours' });
    });

    test('a page that failed gives back everything', async () => {
      const { source, pages } = await three();
      await source.claim(pages[0], 1n, ids('a'));
      await source.settle(pages[0], failedPage(0));
      expect(await source.claim(pages[1], 1n, ids('a'))).toEqual({ state: 'yours' });
    });

    test('the same bytes twice are a loop, but not of the same page', async () => {
      const { source, pages } = await three();
      await source.claim(pages[0], 7n, ids('a'));
      expect(await source.claim(pages[0], 7n, ids('a'))).toEqual({ state: 'yours' });
      expect(await source.claim(pages[1], 7n, ids('b'))).toEqual({ state: 'loop', undecided: true });
      expect(await source.claim(pages[2], undefined, ids())).toEqual({ state: 'yours' });
      expect(await source.claim(pages[1], undefined, ids())).toEqual({ state: 'yours' });
    });
  });

  describe('acknowledging', () => {
    test('counts a page once, and answers the same when it is told again', async () => {
      const { ledger, source } = await begun(2);
      await source.slice({ window: 2, branching: 2 });
      const done = { ...donePage('shop', await startPage(source, 0)), totals: totalsOf(2, 9) };
      const ack = { ...ackOf(1, [done]), sinks: { postgres: { records: 2, bytes: 9, ms: 1, filtered: 0 } } };
      const first = await ledger.acknowledge(ack);
      expect(first).toMatchObject({ taken: true, pages: [{ stale: 0, totals: { items: 2, declared: 9 } }] });
      expect(await ledger.acknowledge(ack)).toEqual(first);
      expect(await source.standing()).toMatchObject({ delivered: 1, open: 1, inWork: 0, totals: { items: 2 } });
      const entries = await ledger.outcomes('0', 10);
      expect(entries.map(({ outcome }) => outcome.kind)).toEqual(['landed', 'sinks']);
      expect(entries[0]?.outcome).toEqual(done.outcome);
    });

    test('takes all pages or none', async () => {
      const { ledger, source } = await begun(2);
      await source.slice({ window: 2, branching: 2 });
      const [mine, lost] = [await startPage(source, 0), await startPage(source, 1)];
      await startPage(source, 1, 'heir');
      const ack = { ...ackOf(1, [donePage('shop', mine), donePage('shop', lost)]), positions: { part: 100 } };
      expect(await ledger.acknowledge(ack)).toEqual({ taken: false });
      expect(await source.standing()).toMatchObject({ delivered: 0, inWork: 2 });
      expect(await ledger.outcomes('0', 10)).toEqual([]);
      expect((await ledger.parts()).size).toBe(0);
    });

    test('refuses to build on a call that Redis has forgotten', async () => {
      const { ledger, source } = await begun(1);
      await source.slice({ window: 2, branching: 2 });
      expect(await ledger.acknowledge(ackOf(2, [donePage('shop', await startPage(source, 0))]))).toEqual({
        taken: false,
      });
    });

    test('keeps how far each sink of a session has got', async () => {
      const { ledger, source } = await begun(2);
      await source.slice({ window: 2, branching: 2 });
      const [first, second] = [await startPage(source, 0), await startPage(source, 1)];
      await ledger.acknowledge({ ...ackOf(1, [donePage('shop', first)]), positions: { file: { shop: 10 } } });
      await ledger.acknowledge({ ...ackOf(2, [donePage('shop', second)]), positions: { file: { shop: 30 } } });
      expect(await ledger.parts()).toEqual(new Map([['session', new Map([['file', { shop: 30 }]])]]));
    });

    test('counts pages in a row that brought nothing new', async () => {
      const { ledger, source } = await begun(3);
      await source.slice({ window: 3, branching: 3 });
      const stale = async (number: number, records: number): Promise<unknown> => {
        const page = donePage('shop', await startPage(source, number - 1), { records, duplicates: 2 - records });
        const answer = await ledger.acknowledge(ackOf(number, [page]));
        return answer.taken ? answer.pages[0]?.stale : undefined;
      };
      expect([await stale(1, 0), await stale(2, 0), await stale(3, 2)]).toEqual([1, 2, 0]);
    });

    test('adds the totals of listings up, and those of each dependent resource', async () => {
      const { ledger, source } = await begun(4);
      await source.slice({ window: 4, branching: 4 });
      const share = (total: number | undefined, opens: boolean | undefined, child?: string) => ({
        items: 2,
        total,
        opens,
        child,
      });
      const shares = [share(10, true), share(undefined, false), share(5, true), share(7, true, 'reviews')];
      const pages = await Promise.all(
        shares.map(async (totals, at) => ({ ...donePage('shop', await startPage(source, at)), totals })),
      );
      await ledger.acknowledge(ackOf(1, pages));
      const own = { items: 6, declared: 15, most: 15, emptyPages: 0 };
      const reviews = { items: 2, declared: 7, most: 7, emptyPages: 0 };
      expect((await source.standing()).totals).toEqual({ ...own, children: { reviews } });
    });
  });

  describe('the end of a source', () => {
    test('is told once, and only where nothing has changed', async () => {
      const { ledger, source } = await begun(1);
      const before = await source.standing();
      await source.slice({ window: 1, branching: 1 });
      const ended = [{ kind: 'ended', source: 'shop', state: 'complete' }] as const;
      expect(await source.end(before, ended)).toBe(false);
      await ledger.acknowledge(ackOf(1, [donePage('shop', await startPage(source, 0))]));
      const standing = await source.standing();
      expect(await source.end(standing, ended)).toBe(true);
      expect(await source.end(standing, ended)).toBe(false);
      expect(await source.end(await source.standing(), ended)).toBe(false);
      expect(await ledger.endedSources()).toBe(1);
      const kinds = (await ledger.outcomes('0', 10)).map(({ outcome }) => outcome.kind);
      expect(kinds).toEqual(['landed', 'ended']);
    });

    test('an extra page is asked for once; its failure costs nothing and ends them', async () => {
      const { ledger, source } = await begun(1);
      await source.slice({ window: 1, branching: 1 });
      await ledger.acknowledge(ackOf(1, [donePage('shop', await startPage(source, 0))]));
      const standing = await source.standing();
      expect(await source.addExtra(requestFor('extra'), standing, 10)).toBe(true);
      expect(await source.addExtra(requestFor('extra'), standing, 10)).toBe(false);
      await source.slice({ window: 1, branching: 1 });
      const extra = await startPage(source, 1);
      expect(extra.extra).toBe(true);
      await source.settle(extra, failedPage(1));
      expect(await source.standing()).toMatchObject({ failed: 0, extrasEnded: true, open: 0 });
      expect((await ledger.outcomes('0', 10)).map(({ outcome }) => outcome.kind)).toEqual(['landed']);
    });

    test('a failed page is counted once', async () => {
      const { ledger, source } = await begun(1);
      await source.slice({ window: 1, branching: 1 });
      const page = await startPage(source, 0);
      expect([await source.settle(page, failedPage(0)), await source.settle(page, failedPage(0))]).toEqual([
        true,
        true,
      ]);
      expect((await source.standing()).failed).toBe(1);
      const [entry] = await ledger.outcomes('0', 10);
      expect(entry?.outcome).toMatchObject({ kind: 'failed', error: { code: 'http_500', status: 500 } });
    });

    test('a dependent listing is lost once', async () => {
      const { source } = await begun(1);
      await source.lose('reviews-1', new SluiceError('cross_origin', 'elsewhere'), true);
      await source.lose('reviews-1', new SluiceError('cross_origin', 'elsewhere'), true);
      expect((await source.standing()).failed).toBe(1);
    });

    test('the first refusal stays', async () => {
      const { source } = await begun(1);
      await source.refuse(new SluiceError('pagination_loop', 'again', { status: 200 }));
      await source.refuse(new SluiceError('cross_origin', 'elsewhere'));
      expect((await source.standing()).error).toMatchObject({ code: 'pagination_loop', status: 200 });
      expect((await source.slice({ window: 10, branching: 10 })).taken).toEqual([]);
    });
  });

  test('nothing is left of a run that is forgotten', async () => {
    const { ledger, key } = await begun(200, 500).then(({ ledger: made, key: name }) => ({ ledger: made, key: name }));
    const source = ledger.source('shop');
    await source.slice({ window: 3, branching: 3 });
    await source.claim(await startPage(source, 0), 1n, ids('a', 'b'));
    await ledger.forget();
    expect(await redis().ask('KEYS', `${key.replaceAll(/[{}]/g, '?')}*`)).toBe('');
  });
});

function totalsOf(items: number, total: number) {
  return { items, total, opens: undefined, child: undefined };
}
