import type { Clock, EmitEvent, PageOutcome } from '../../../../core/engine.ts';
import { SluiceError, type DeadLetters } from '../../../../core/engine.ts';
import type { Checkpoint, RunLedger, StreamId } from '../ledger/ledger.ts';
import type { LedgerOutcome } from '../ledger/outcome.ts';
import { becomeState, isBefore, whatWorkersFolded } from './catch-up.ts';
import { foldOutcome, type FoldOptions } from './fold.ts';
import { readRunState, type RunState, writeRunState } from './run-state.ts';

/** Entries that are read at once. */
const most = 500;
/** Least milliseconds between two checkpoints, and bytes of them a second: a large one is kept less often. */
const checkpointMs = 1000;
const checkpointBytes = 1024 * 1024;

export interface OutcomeReaderOptions {
  readonly runId: string;
  readonly ledger: RunLedger;
  readonly state: RunState;
  /** Up to where the state holds the stream. */
  readonly from: StreamId;
  readonly letters: DeadLetters | undefined;
  /** Resolves where the run is still this process's; throws where it is not. */
  readonly assertMine: () => Promise<void>;
  readonly clock: Clock;
  readonly fold: FoldOptions;
}

/** Reads what workers have told, once and in its order, and keeps what it has come to. */
export interface OutcomeReader {
  /** What has come since: outcomes of pages, and the rest as events. Nothing where nothing has. */
  next(emit: EmitEvent): Promise<readonly PageOutcome[]>;
  /**
   * Keeps what was read where it is due, or `now`. `behind`: workers have folded more than was read, because they saw no
   * coordinator for a while; it is what `next` tells next. Throws `state_locked` where another coordinator has read on.
   */
  checkpoint(now?: boolean): Promise<'kept' | 'behind'>;
}

export function createOutcomeReader(options: OutcomeReaderOptions): OutcomeReader {
  const { runId, ledger, state, letters, assertMine, clock, fold } = options;
  const elapsedBefore = state.elapsedMs;
  const startedAt = clock.now();
  let kept = options.from;
  let read = options.from;
  let dueAt = startedAt + checkpointMs;
  /** Letters of the kept state that nobody could keep, and all that this process had come to by then. */
  let before = { omitted: state.letters.omitted, here: lettersHere() };
  /** What was folded beyond what was read, and is not in the stream any more. */
  let ahead: Checkpoint | undefined;

  function lettersHere(): number {
    return letters === undefined ? 0 : letters.kept + letters.omitted;
  }

  /** What an outcome is for the pipeline; what is none of a page is told as events. */
  function told(outcome: LedgerOutcome, emit: EmitEvent): readonly PageOutcome[] {
    switch (outcome.kind) {
      case 'landed':
        for (const reject of outcome.rejects) {
          letters?.record(outcome.source, outcome.key, reject, clock.date(), outcome.child);
        }
        return [outcome];
      case 'failed':
      case 'skipped':
      case 'notice':
      case 'ended':
        return [outcome];
      case 'sinks':
        for (const [sink, { records, bytes, ms, filtered }] of Object.entries(outcome.sinks)) {
          if (filtered > 0) emit({ type: 'sink-filtered', sink, records: filtered });
          if (records === 0) continue;
          emit({ type: 'sink-wrote', sink, records, bytes, ms });
          emit({ type: 'sink-committed', sink, records });
        }
        return [];
      case 'figures': {
        const { kind: _, worker: __, time, ...figures } = outcome;
        emit({ type: 'requests-counted', ...figures });
        emit({ type: 'time-spent', source: outcome.source, spent: time });
        return [];
      }
    }
  }

  /** Goes on from what workers have kept, as if it had been read here. */
  function catchUp({ id, state: bytes }: Checkpoint, emit: EmitEvent): readonly PageOutcome[] {
    const folded = readRunState(bytes);
    const { events, outcomes } = whatWorkersFolded(state, folded);
    for (const event of events) emit(event);
    // They count as omitted all of what they can't keep; of that, this process has what it had read.
    letters?.missed(Math.max(0, folded.letters.omitted - before.omitted - (lettersHere() - before.here)));
    before = { omitted: folded.letters.omitted, here: lettersHere() };
    becomeState(state, folded);
    read = kept = id;
    return outcomes;
  }

  /** Finds out what workers have folded since `kept`: more than was read, or nothing that was not. */
  async function meetOthers(): Promise<void> {
    const other = await ledger.checkpoint();
    await assertMine();
    if (other === undefined || readRunState(other.state).life > state.life) throw takenOver(runId);
    if (isBefore(read, other.id)) ahead = other;
    // All that it holds has been read here, too; or it is this process's own, and the answer was lost with a connection.
    else kept = other.id;
  }

  return {
    async next(emit) {
      const outcomes: PageOutcome[] = [];
      const entries = await ledger.outcomes(read, most);
      // Asked for afterwards: where it is what it was, nothing had been cut off between what was read and these. And where
      // nothing came, all of it may have been.
      if ((await ledger.foldedTo()) !== kept) await meetOthers();
      if (ahead !== undefined) {
        const folded = ahead;
        ahead = undefined;
        return catchUp(folded, emit);
      }
      for (const { id, outcome } of entries) {
        foldOutcome(state, outcome, clock.date(), fold);
        outcomes.push(...told(outcome, emit));
        read = id;
      }
      return outcomes;
    },
    async checkpoint(now = false) {
      if (read === kept || (!now && clock.now() < dueAt)) return 'kept';
      // First: a later life cuts the letters off at what the state says, and has to find all of them.
      if (letters !== undefined) state.letters = await letters.flush();
      state.elapsedMs = Math.round(elapsedBefore + clock.now() - startedAt);
      const written = writeRunState(state);
      while (!(await ledger.keepCheckpoint(kept, read, written))) {
        await meetOthers();
        if (ahead !== undefined) return 'behind';
      }
      kept = read;
      before = { omitted: state.letters.omitted, here: lettersHere() };
      dueAt = clock.now() + checkpointMs * Math.max(1, written.byteLength / checkpointBytes);
      return 'kept';
    },
  };
}

function takenOver(runId: string): SluiceError {
  const text = `the run ${runId} was taken over: what its workers told has been read by another coordinator`;
  return new SluiceError('state_locked', text);
}
