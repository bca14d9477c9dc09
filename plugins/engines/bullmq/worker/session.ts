import {
  type Batch,
  onAbort,
  SluiceError,
  type SinkJournal,
  type SinkPosition,
  type SinkRunner,
  type TimedEvent,
} from '../../../../core/engine.ts';
import type { Acknowledgement, DonePage, RunLedger, TakenPage } from '../ledger/ledger.ts';
import { createSinkTallies } from './sink-tallies.ts';

export interface SessionOptions {
  /** Unique, of letters, digits, `-` and `_`. */
  readonly id: string;
  readonly worker: string;
  readonly ledger: Pick<RunLedger, 'acknowledge'>;
  readonly sinkNames: readonly string[];
  /** Opens nothing yet. */
  readonly createSinks: (journal: SinkJournal) => SinkRunner;
}

/**
 * A stretch of a worker's writing: a set of open sinks, of which the ledger is told what is durable in all of them, in the
 * order in which it was written. Over for good when the ledger refuses anything of it: some page is another
 * worker's by now, and its records must not count as written here.
 */
export interface Session {
  readonly id: string;
  /** Aborted when the session is over before its end, with the reason: `sink_failed`, or `interrupted` for a page lost. */
  readonly over: AbortSignal;
  open(): Promise<void>;
  /** Writes a page; `written` is called when the sinks have taken it. Undefined: the session was over before it counted. */
  deliver(page: DonePage, batch: Batch, written: () => void): Promise<TakenPage | undefined>;
  /** Hears what its sinks tell. */
  on(event: TimedEvent): void;
  /** Commits and acknowledges all that was delivered, and lets go of the sinks. */
  close(): Promise<void>;
}

interface Delivery {
  readonly page: DonePage;
  readonly settle: (taken: TakenPage | undefined) => void;
}

/** What was delivered between two barriers. */
interface Epoch {
  readonly number: number;
  readonly deliveries: readonly Delivery[];
  /** Of each sink that has durably got all of it. */
  readonly positions: Map<string, SinkPosition>;
}

export function createSession({ id, worker, ledger, sinkNames, createSinks }: SessionOptions): Session {
  const stop = new AbortController();
  const tallies = createSinkTallies();
  let current: Delivery[] = [];
  let epochs: Epoch[] = [];
  let sealed = 0;
  let acknowledged = 0;
  // In order, one at a time: the ledger builds each on the one before.
  let acknowledging: Promise<void> = Promise.resolve();

  function giveUp(reason: SluiceError): void {
    stop.abort(reason);
    for (const { settle } of [...epochs.flatMap(({ deliveries }) => deliveries), ...current]) settle(undefined);
    epochs = [];
    current = [];
  }

  const journal: SinkJournal = {
    earlier: undefined,
    // What was committed stays, however the session ends.
    resumable: true,
    position: () => undefined,
    seal() {
      sealed += 1;
      epochs.push({ number: sealed, deliveries: current, positions: new Map() });
      current = [];
      return sealed;
    },
    committed(sink, epoch, position) {
      tallies.committed(sink, epoch);
      for (const each of epochs) if (each.number <= epoch) each.positions.set(sink, position);
      for (let first = epochs[0]; first?.positions.size === sinkNames.length; first = epochs[0]) {
        epochs.shift();
        const whole = first;
        acknowledging = acknowledging.then(() => acknowledge(whole));
      }
    },
  };

  async function acknowledge({ number, deliveries, positions }: Epoch): Promise<void> {
    const told = tallies.take(number);
    if (deliveries.length === 0) return;
    const taken = stop.signal.aborted ? undefined : await tell(deliveries, told, Object.fromEntries(positions));
    deliveries.forEach(({ settle }, index) => settle(taken?.[index]));
  }

  async function tell(
    deliveries: readonly Delivery[],
    told: Acknowledgement['sinks'],
    positions: Acknowledgement['positions'],
  ): Promise<readonly TakenPage[] | undefined> {
    acknowledged += 1;
    const pages = deliveries.map(({ page }) => page);
    const ack = { session: id, number: acknowledged, worker, pages, sinks: told, positions };
    try {
      const answer = await ledger.acknowledge(ack);
      if (answer.taken) return answer.pages;
      giveUp(new SluiceError('interrupted', 'a page of this session is another worker’s by now'));
    } catch (thrown) {
      giveUp(new SluiceError('interrupted', 'the ledger could not be told what was written', { cause: thrown }));
    }
    return undefined;
  }

  const sinks = createSinks(journal);
  return {
    id,
    over: stop.signal,
    open: () => sinks.open(),
    deliver(page, batch, written) {
      if (stop.signal.aborted) {
        written();
        return Promise.resolve(undefined);
      }
      const taken = new Promise<TakenPage | undefined>((settle) => current.push({ page, settle }));
      const writing = sinks.write(batch);
      if (writing === undefined) written();
      else void writing.finally(written);
      return taken;
    },
    on(event) {
      tallies.on(event);
      if (event.type === 'sink-failed') giveUp(event.error);
    },
    async close() {
      const leave = onAbort(stop.signal, () => void sinks.abort(ended));
      if (!stop.signal.aborted) await sinks.flush();
      await acknowledging;
      leave();
      // The coordinator closes what has to be closed: a worker only lets go.
      stop.abort(ended);
      await sinks.abort(ended);
      giveUp(ended);
    },
  };
}

const ended = new SluiceError('interrupted', 'the session has ended');
