import { classify, type Clock, delay, type EmitEvent } from '../../../../core/engine.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import type { Janitor } from '../queue/janitor.ts';
import type { PageEnd } from '../queue/page-queue.ts';
import type { Benches } from './benches.ts';
import { workOnPage } from './page-work.ts';
import { readAnswer } from './read-answer.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface HandsOptions {
  readonly ledger: RunLedger;
  readonly benches: Benches;
  readonly sessions: Pick<Sessions, 'current'>;
  readonly janitor: Janitor;
  readonly emit: EmitEvent;
  readonly clock: Clock;
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
  /** Works on a page that came out of the queue. Never rejects. */
  readonly work: (source: string, ordinal: number) => Promise<PageEnd>;
  /** Has others follow into the queue, in the background. */
  readonly tend: (source: string) => void;
  /** Resolves when nothing is in hand, at the latest after `ms` milliseconds. */
  idle(ms: number): Promise<void>;
  /** Resolves when all that goes on in the background has ended. */
  settled(): Promise<void>;
}

export function createHands({ ledger, benches, sessions, janitor, emit, clock, signal }: HandsOptions): Hands {
  const background = new Set<Promise<void>>();
  const held = new Set<string>();
  let whenIdle: (() => void) | undefined;
  let starts = 0;
  let inHand = 0;
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

  async function work(source: string, ordinal: number): Promise<PageEnd> {
    const session = sessions.current;
    const name = `${source}.${ordinal}`;
    // Between two sessions whoever is ready takes it. And one whose lock ran out, as Redis was away, while it is in hand
    // here: it would be taken from that work, and both would write it, maybe in one transaction. A moment later, or this
    // worker would have it again at once.
    if (session === undefined || held.has(name)) {
      await delay(betweenMs, clock, signal).catch(() => undefined);
      return 'release';
    }
    held.add(name);
    try {
      return await workIn(session, source, ordinal);
    } finally {
      held.delete(name);
    }
  }

  async function workIn(session: Session, source: string, ordinal: number): Promise<PageEnd> {
    starts += 1;
    const started = await ledger.source(source).start(ordinal, `${session.id}.${starts}`);
    if (started.state === 'over') {
      tend(source);
      return 'over';
    }
    inHand += 1;
    let end: PageEnd = 'release';
    try {
      const bench = benches.of(source);
      end = await workOnPage(bench, started, session, (hand, response) => readAnswer(bench, hand, response));
    } catch (thrown) {
      // Nothing above may throw for what an upstream does: this is a bug, in a plugin or here. It ends this source only,
      // and it is told.
      const error = classify(thrown);
      emit({ type: 'source-notice', source, error });
      await ledger.source(source).refuse(error);
    } finally {
      inHand -= 1;
      done += end === 'over' ? 1 : 0;
    }
    if (end === 'release') await ledger.source(source).release(started.page);
    tend(source);
    if (inHand === 0) whenIdle?.();
    return end;
  }

  return {
    get inHand() {
      return inHand;
    },
    get done() {
      return done;
    },
    // BullMQ keeps a page whose work rejects for a failed job: the janitor finds it, later.
    work: (source, ordinal) => work(source, ordinal).catch((): PageEnd => 'release'),
    tend,
    idle: (ms) =>
      new Promise((resolve) => {
        if (inHand === 0) return resolve();
        const cancel = clock.timer(ms, resolve);
        whenIdle = () => {
          cancel();
          resolve();
        };
      }),
    async settled() {
      while (background.size > 0) await Promise.all(background);
    },
  };
}
