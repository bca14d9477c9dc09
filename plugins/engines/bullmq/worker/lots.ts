import type { Clock, SourcePlan } from '../../../../core/engine.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import type { StartedPage, Window } from '../ledger/open-page.ts';
import type { PageEnd, PageQueue } from '../queue/page-queue.ts';
import { windowOf } from '../queue/window.ts';
import type { Places } from './places.ts';
import type { Session } from './session.ts';

/**
 * What the queue hands out at once, and what this worker has taken into it since: when a page has made room for another of
 * its source, that one is taken from the ledger itself, without a way through the queue. So the queue has a few things to
 * do a second, however many pages that is.
 */
export interface Lot {
  readonly source: string;
  /** What the ledger knows it by: the ordinal of its first page. */
  readonly name: number;
  readonly session: Session;
  /** When the queue handed it out. */
  readonly since: number;
  /** Unique for each start of a page. */
  token(): string;
  /** Something of it goes on. */
  hold(): void;
  /** It goes on no more; `release`: somebody else is to have what is left. */
  drop(end: PageEnd): void;
}

/** Opens a lot; `ended` resolves when nothing of it goes on any more. It is held from the start. */
export function openLot(known: Omit<Lot, 'hold' | 'drop'>): { readonly lot: Lot; readonly ended: Promise<PageEnd> } {
  let held = 1;
  let ends: PageEnd = 'over';
  let resolve: (end: PageEnd) => void = () => undefined;
  const ended = new Promise<PageEnd>((settle) => (resolve = settle));
  const lot: Lot = {
    ...known,
    hold() {
      held += 1;
    },
    drop(end) {
      if (end === 'release') ends = end;
      held -= 1;
      if (held === 0) resolve(ends);
    },
  };
  return { lot, ended };
}

export interface TakingOptions {
  readonly ledger: RunLedger;
  readonly queue: Pick<PageQueue, 'add'>;
  readonly plans: readonly SourcePlan[];
  readonly places: Places;
  readonly clock: Clock;
  /** The lot's session still takes pages. */
  readonly isCurrent: (session: Session) => boolean;
  /** Begins the work on a page; it has a place, and holds its lot. */
  readonly run: (lot: Lot, page: StartedPage) => void;
  /** Has the janitor look at a source. */
  readonly tend: (source: string) => void;
}

/**
 * Milliseconds for which pages are taken into a lot. After that the next one goes through the queue, behind those of other
 * sources, and to a worker that has less to do.
 */
const lotMs = 3000;

/**
 * Follows a page that has made room: takes another into its lot, or puts one into the queue where the lot is too old, or
 * this worker has its hands full.
 */
export function createTaking(options: TakingOptions): (lot: Lot) => void {
  const { ledger, queue, places, clock, isCurrent, run, tend } = options;
  const windows = new Map(options.plans.map((plan) => [plan.name, windowOf(plan)]));
  /** By source; one question at a time takes along all that come up meanwhile. */
  const asking = new Map<string, Lot[]>();

  const mayTake = ({ session, since }: Lot): boolean =>
    !places.resting && isCurrent(session) && clock.now() - since < lotMs;

  async function ask(source: string, lots: readonly Lot[], window: Window): Promise<void> {
    const young = lots.filter(mayTake);
    const count = places.take(young.length);
    const asked = young.slice(0, count).map((lot) => ({ lot, token: lot.token() }));
    let begun = 0;
    try {
      const wanted = asked.map(({ lot, token }) => ({ lot: lot.name, token }));
      const { pages, taken, status } = await ledger.source(source).take(wanted, lots.length - count, window);
      for (const page of pages) {
        const lot = asked[begun]?.lot;
        begun += 1;
        lot?.hold();
        if (lot !== undefined) run(lot, page);
      }
      await queue.add(source, taken);
      if (status !== 'running') tend(source);
    } finally {
      places.leave(count - begun);
    }
  }

  async function askOn(source: string, waiting: Lot[], window: Window): Promise<void> {
    // All that comes up in this turn of the event loop is asked for at once.
    await Promise.resolve();
    while (waiting.length > 0) {
      const lots = waiting.splice(0);
      // What is lost with an answer is found by the janitor when the lot has ended.
      await ask(source, lots, window).catch(() => undefined);
      for (const lot of lots) lot.drop('over');
    }
    asking.delete(source);
  }

  return (lot) => {
    const { source } = lot;
    lot.hold();
    const waiting = asking.get(source);
    if (waiting !== undefined) {
      waiting.push(lot);
      return;
    }
    const window = windows.get(source);
    if (window === undefined) throw new TypeError(`no source of the run is called ${source}`);
    const first = [lot];
    asking.set(source, first);
    void askOn(source, first, window);
  };
}
