import type { ResolvedSink } from '../config/resolved.ts';
import type { Batch } from '../contracts/batch.ts';
import type { Clock } from '../contracts/clock.ts';
import type { EmitEvent } from '../contracts/events.ts';
import type { SinkJournal } from '../contracts/journal.ts';
import type { PriceTrends } from '../contracts/price-trends.ts';
import type { RunReport } from '../contracts/report.ts';
import type { SinkContext, SinkWriter } from '../contracts/sink.ts';
import { SluiceError } from '../errors.ts';
import { sinkError } from '../sink-error.ts';
import { createSinkRouting } from './sink-routing.ts';
import { createTurns } from './turns.ts';
import { within } from './within.ts';

/** How long an operation may still take once the time for writing is over, in milliseconds. */
const graceMs = 500;

/** One sink on its own: what happens to it harms no other. None of its promises rejects; failure is an event. */
export interface SinkLane {
  /** What it has failed by; undefined while it has not. */
  readonly fault: SluiceError | undefined;
  /** It is no place that people look for records at. */
  readonly auxiliary: boolean;
  open(): Promise<void>;
  /** Resolves when the batch is taken, or when it is clear that it never will be; undefined where that is so at once. */
  write(batch: Batch): Promise<void> | undefined;
  /** Makes all that was taken durable, and tells the journal that `epoch` is: the one that ends with the last batch. */
  commit(epoch: number): Promise<void>;
  /** Skips every batch whose turn has not come yet; what is under way, but for the last commit, has half a second to end. */
  discard(reason: SluiceError): void;
  /** The last commit; tells what was discarded, too. */
  flush(epoch: number): Promise<void>;
  /** What it knows of earlier runs; undefined where it knows nothing, or has failed. */
  trends(report: RunReport): Promise<PriceTrends | undefined>;
  close(report: RunReport): Promise<void>;
  /** Gives the sink up: it counts as failed, by `reason`. No effect on one that has failed or is closed. */
  abort(reason: SluiceError): Promise<void>;
}

export interface SinkLaneOptions {
  readonly sink: ResolvedSink;
  readonly context: SinkContext;
  readonly clock: Clock;
  readonly emit: EmitEvent;
  readonly journal: SinkJournal;
}

export function createSinkLane({ sink, context, clock, emit, journal }: SinkLaneOptions): SinkLane {
  const { name, plugin, timeoutMs } = sink;
  let state: 'opening' | 'open' | 'closed' | 'failed' = 'opening';
  /** Why no more is written, once the time for it is over. */
  let discarding: SluiceError | undefined;
  let discarded = 0;
  /** Records that it was not given are among those of the epochs that follow. */
  let lacking = false;
  let fault: SluiceError | undefined;
  let writer: SinkWriter | undefined;
  /** Records of the writes that are under way. */
  let inHand = 0;
  /** Records taken since the last commit. */
  let pending = 0;
  const routing = createSinkRouting(name, sink.route, journal);
  let committed = routing.earlierWritten;
  let filtered = routing.earlierFiltered;
  let { position } = routing;
  let cleanup: Promise<void> = Promise.resolve();
  // Writes as many at once as the sink declares, everything else alone: a commit has to know what it makes durable.
  const turns = createTurns(plugin.concurrency ?? 1);
  /** Ends the wait for what is under way: operations, or the clean-up after one that failed. */
  const underWay = new Set<AbortController>();
  let cancelGrace: (() => void) | undefined;
  /** All is written and the last commit is under way: its time is its own. */
  let finishing = false;

  /**
   * Runs one operation of the plugin. False: the sink has failed, by this operation or during it. Says so at once where
   * there is nothing to wait for: most writes only put the page into a buffer.
   */
  function attempt(verb: string, doing: string, work: () => Promise<unknown> | undefined): boolean | Promise<boolean> {
    try {
      const working = work();
      if (working !== undefined) return waitFor(verb, doing, working);
    } catch (error) {
      fail(sinkError(error, doing));
    }
    return state !== 'failed';
  }

  async function waitFor(verb: string, doing: string, working: Promise<unknown>): Promise<boolean> {
    try {
      await limited(verb, timeoutMs, working);
    } catch (error) {
      fail(sinkError(error, doing));
    }
    return state !== 'failed';
  }

  async function limited(verb: string, ms: number, working: Promise<unknown>): Promise<void> {
    const cut = new AbortController();
    underWay.add(cut);
    const late = (): SluiceError => new SluiceError('sink_failed', `${verb} did not finish within ${ms} ms`);
    try {
      await within(working, { clock, ms, late, signal: cut.signal });
    } finally {
      underWay.delete(cut);
      if (underWay.size === 0) cancelGrace?.();
    }
  }

  function fail(error: SluiceError): void {
    // An abort comes while an operation is under way; that one's end changes nothing any more.
    if (state === 'failed' || state === 'closed') return;
    state = 'failed';
    fault = error;
    const revoked = plugin.delivers === 'on-close' ? committed : 0;
    emit({ type: 'sink-failed', sink: name, unwritten: pending + inHand + revoked, revoked, error });
    // Writes beside the one that failed: whether they end makes no difference any more.
    for (const cut of underWay) cut.abort(error);
    // In the background: a sink that hangs must not hold the other sinks for a second timeout.
    if (writer !== undefined) cleanup = giveUp(writer);
  }

  async function giveUp(failed: SinkWriter): Promise<void> {
    // What hung at the deadline may hang in its clean-up too, which must not hold the run either.
    const ms = discarding === undefined ? timeoutMs : Math.min(graceMs, timeoutMs);
    try {
      await limited('abort', ms, failed.abort());
    } catch (error) {
      emit({ type: 'sink-failed', sink: name, unwritten: 0, error: sinkError(error, 'aborting') });
    }
  }

  async function open(): Promise<void> {
    if (state !== 'opening') return;
    const opened = await attempt('open', 'opening', async () => {
      const late = await plugin.open(context, sink.options, position);
      // It came after its time, or after the run was stopped: nobody is going to use it.
      if (state === 'failed') await giveUp(late);
      else writer = late;
    });
    if (!opened) return;
    state = 'open';
    if (filtered > 0) emit({ type: 'sink-filtered', sink: name, records: filtered, earlier: true });
    // Where it begins is a position too: another sink may commit nothing before a kill, and then this one has to go back
    // to there.
    if (journal.resumable && position === undefined) await commit(0);
  }

  function write(batch: Batch): Promise<void> | undefined {
    if (state === 'open' && discarding !== undefined) {
      discarded += batch.count;
      lacking = true;
      return undefined;
    }
    if (state !== 'open' || writer === undefined) {
      emit({ type: 'sink-skipped', sink: name, records: batch.count });
      return undefined;
    }
    const target = writer;
    const startedAt = clock.now();
    inHand += batch.count;
    let given = batch;
    const taken = attempt('write', 'writing', () => {
      // Within the attempt: a filter that throws is a failure of this sink alone.
      given = routing.filtered(batch);
      return given.count > 0 ? target.write(given) : undefined;
    });
    const ended = (isTaken: boolean): void => {
      inHand -= batch.count;
      if (isTaken) tellWritten(given, batch.count - given.count, startedAt);
    };
    if (typeof taken !== 'boolean') return taken.then(ended);
    ended(taken);
    return undefined;
  }

  function tellWritten({ count, ndjson }: Batch, left: number, startedAt: number): void {
    filtered += left;
    if (left > 0) emit({ type: 'sink-filtered', sink: name, records: left });
    if (count === 0) return;
    pending += count;
    emit({ type: 'sink-wrote', sink: name, records: count, bytes: ndjson.byteLength, ms: clock.now() - startedAt });
  }

  async function commit(epoch: number): Promise<void> {
    if (state !== 'open' || writer === undefined) return;
    const target = writer;
    if (pending > 0 || position === undefined) {
      const save = async (): Promise<void> => void (position = await target.commit());
      if (!(await attempt('commit', 'committing', save))) return;
    }
    if (pending > 0) emit({ type: 'sink-committed', sink: name, records: pending });
    committed += pending;
    pending = 0;
    // What was discarded is missing from this epoch on: a later life of the run has to hand it over again.
    if (!lacking && position !== undefined) journal.committed(name, epoch, routing.kept(position, filtered));
  }

  async function flush(epoch: number): Promise<void> {
    finishing = true;
    await commit(epoch);
    finishing = false;
    tellDiscarded();
  }

  function tellDiscarded(): void {
    if (discarding === undefined || discarded === 0) return;
    const records = discarded === 1 ? '1 record was' : `${discarded} records were`;
    const text = `${records} fetched and not written: ${discarding.message}`;
    const error = new SluiceError(discarding.code, text, { cause: discarding });
    emit({ type: 'sink-discarded', sink: name, records: discarded, error });
    discarded = 0;
  }

  async function trends(report: RunReport): Promise<PriceTrends | undefined> {
    if (state !== 'open' || writer?.trends === undefined) return undefined;
    const target = writer;
    let found: PriceTrends | undefined;
    await attempt('trends', 'comparing with earlier runs', async () => void (found = await target.trends?.(report)));
    return found;
  }

  async function close(report: RunReport): Promise<void> {
    if (state === 'open' && writer !== undefined) {
      const target = writer;
      if (await attempt('close', 'closing', () => target.close(report))) state = 'closed';
    }
    await cleanup;
  }

  return {
    get fault() {
      return fault;
    },
    auxiliary: plugin.auxiliary ?? false,
    open: () => turns.alone(open),
    // What is not meant for it does not wait for it either.
    write: (batch) => (routing.takes(batch.source) ? turns.sideBySide(() => write(batch)) : undefined),
    discard(reason) {
      discarding ??= reason;
      const held = [...underWay];
      // The last commit has its whole time whether it began just before this or begins just after.
      if (held.length === 0 || finishing) return;
      // What hangs would hold the run for its whole timeout. Finishing the file, later, has that time again.
      const late = new SluiceError('sink_failed', `what was under way did not end in time: ${reason.message}`);
      cancelGrace = clock.timer(graceMs, () => {
        for (const cut of held) cut.abort(late);
      });
    },
    commit: (epoch) => turns.alone(() => commit(epoch)),
    flush: (epoch) => turns.alone(() => flush(epoch)),
    async trends(report) {
      let found: PriceTrends | undefined;
      await turns.alone(async () => void (found = await trends(report)));
      return found;
    },
    close: (report) => turns.alone(() => close(report)),
    async abort(reason) {
      // Past the line: a hard stop does not wait for an operation that may hang. What stands in line after it has its
      // turn now, to be counted as skipped.
      fail(reason);
      await turns.alone(() => Promise.resolve());
      tellDiscarded();
      await cleanup;
    },
  };
}
