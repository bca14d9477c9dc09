import { classify, type Clock, delay, type EmitEvent, type SourcePlan } from '../../../../core/engine.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import type { StartedPage } from '../ledger/open-page.ts';
import type { Janitor } from '../queue/janitor.ts';
import type { PageEnd, PageQueue } from '../queue/page-queue.ts';
import type { Benches } from './benches.ts';
import { createTaking, type Lot, openLot } from './lots.ts';
import { workOnPage, type WorkEnd } from './page-work.ts';
import { createPlaces } from './places.ts';
import { readAnswer } from './read-answer.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface HandsOptions {
  readonly ledger: RunLedger;
  readonly benches: Benches;
  readonly sessions: Pick<Sessions, 'current'>;
  readonly janitor: Janitor;
  readonly queue: Pick<PageQueue, 'add'>;
  readonly sources: readonly SourcePlan[];
  readonly emit: EmitEvent;
  readonly clock: Clock;
  /** Pages in hand at once. */
  readonly concurrency: number;
  /** Nothing more is fetched. */
  readonly signal: AbortSignal;
}

/** Milliseconds for which a page that can't be worked on is kept from the queue. */
const betweenMs = 200;

/** The pages that a worker has in hand. */
export interface Hands {
  readonly inHand: number;
  /** Pages that this worker has brought to their end. */
  readonly done: number;
  /** Works on a lot that came out of the queue. Never rejects. */
  readonly work: (source: string, lot: number) => Promise<PageEnd>;
  /** Has others follow into the queue, in the background. */
  readonly tend: (source: string) => void;
  /** Takes nothing more, until it is told otherwise. */
  readonly rest: (resting: boolean) => void;
  /** Resolves when nothing is in hand, at the latest after `ms` milliseconds. */
  idle(ms: number): Promise<void>;
  /** Resolves when all that goes on in the background has ended. */
  settled(): Promise<void>;
}

export function createHands(options: HandsOptions): Hands {
  const { ledger, benches, sessions, janitor, queue, sources, emit, clock, concurrency, signal } = options;
  const background = new Set<Promise<void>>();
  const held = new Set<string>();
  const places = createPlaces(concurrency);
  const take = createTaking({
    ledger,
    queue,
    plans: sources,
    places,
    clock,
    isCurrent: (session) => session === sessions.current && !signal.aborted,
    run: (lot, page) => void run(lot, page),
    tend,
  });
  let starts = 0;
  let done = 0;

  function tend(source: string): void {
    const tending = janitor
      .tend(source)
      // The janitor of some worker looks at every source again: nothing is lost but a moment.
      .catch(() => undefined)
      .finally(() => {
        background.delete(tending);
        if (janitor.closed.has(source)) benches.stop(source);
      });
    background.add(tending);
  }

  async function workOn(lot: Lot, started: StartedPage): Promise<WorkEnd> {
    const { source, session } = lot;
    try {
      const bench = benches.of(source);
      return await workOnPage(bench, started, {
        session,
        moved: () => take(lot),
        read: (hand, response) => readAnswer(bench, hand, response),
      });
    } catch (thrown) {
      // Nothing above may throw for what an upstream does: this is a bug, in a plugin or here. It ends this source only,
      // and it is told.
      const error = classify(thrown);
      emit({ type: 'source-notice', source, error });
      await ledger.source(source).refuse(error);
      return 'release';
    }
  }

  /** Works on a page that has a place and holds its lot, to its end. Never rejects. */
  async function run(lot: Lot, started: StartedPage): Promise<void> {
    let end: WorkEnd = 'release';
    try {
      end = await workOn(lot, started);
      if (end === 'release') await ledger.source(lot.source).release(started.page);
    } catch {
      // Redis is given up: whoever comes after this worker finds the page.
      end = 'release';
    }
    places.leave(1);
    if (end !== 'release') done += 1;
    // Of one that has landed, room was made when the sinks had it.
    if (end !== 'landed') tend(lot.source);
    lot.drop(end === 'release' ? 'release' : 'over');
  }

  async function work(source: string, name: number): Promise<PageEnd> {
    const session = sessions.current;
    const key = `${source}.${name}`;
    // Between two sessions whoever is ready takes it. And one whose lock ran out, as Redis was away, while it is in hand
    // here: it would be taken from that work, and both would write it, maybe in one transaction. A moment later, or this
    // worker would have it again at once.
    if (session === undefined || places.resting || held.has(key)) {
      await delay(betweenMs, clock, signal).catch(() => undefined);
      return 'release';
    }
    held.add(key);
    try {
      return await workIn(session, source, name);
    } finally {
      held.delete(key);
    }
  }

  async function workIn(session: Session, source: string, name: number): Promise<PageEnd> {
    if (!(await places.wait())) return 'release';
    const token = (): string => {
      starts += 1;
      return `${session.id}.${starts}`;
    };
    let pages: readonly StartedPage[];
    try {
      pages = await ledger.source(source).start(name, token());
    } catch (thrown) {
      places.leave(1);
      throw thrown;
    }
    if (pages.length === 0) {
      places.leave(1);
      tend(source);
      return 'over';
    }
    const { lot, ended } = openLot({ source, name, session, since: clock.now(), token });
    for (const [index, page] of pages.entries()) {
      if (index > 0) {
        // A worker that was gone had more of it.
        places.squeeze();
        lot.hold();
      }
      void run(lot, page);
    }
    return ended;
  }

  return {
    get inHand() {
      return places.taken;
    },
    get done() {
      return done;
    },
    // BullMQ keeps a lot whose work rejects for a failed job: the janitor finds it, later.
    work: (source, lot) => work(source, lot).catch((): PageEnd => 'release'),
    tend,
    rest: (resting) => places.rest(resting),
    async idle(ms) {
      let cancel: () => void = () => undefined;
      const late = new Promise<void>((resolve) => {
        cancel = clock.timer(ms, resolve);
      });
      await Promise.race([places.empty(), late]);
      cancel();
    },
    async settled() {
      while (background.size > 0) await Promise.all(background);
    },
  };
}
