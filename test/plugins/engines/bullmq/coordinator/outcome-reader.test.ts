import { describe, expect, test } from 'vitest';
import type { PageOutcome } from '../../../../../core/contracts/engine.ts';
import type { RunEvent } from '../../../../../core/contracts/events.ts';
import { createDice, type Dice } from '../../../../../core/dice.ts';
import { SluiceError } from '../../../../../core/errors.ts';
import { createReportBuilder } from '../../../../../core/report/report-builder.ts';
import { foldAlone } from '../../../../../plugins/engines/bullmq/coordinator/fold-alone.ts';
import { createOutcomeReader } from '../../../../../plugins/engines/bullmq/coordinator/outcome-reader.ts';
import { newRunState, readRunState } from '../../../../../plugins/engines/bullmq/coordinator/run-state.ts';
import type { Checkpoint, RunLedger, StreamEntry } from '../../../../../plugins/engines/bullmq/ledger/ledger.ts';
import type { LedgerOutcome } from '../../../../../plugins/engines/bullmq/ledger/outcome.ts';
import { fakeClock } from '../../../../support/fake-clock.ts';

const clean = (text: string): string => text;
const clock = fakeClock();
const context = { config: { sources: [] }, clean, clock } as never;

/** The stream of a run and its checkpoint, as in Redis. */
function createStream() {
  let entries: StreamEntry[] = [];
  let kept: Checkpoint | undefined;
  let added = 0;
  const numberOf = (id: string): number => Number(id.split('-')[0]);
  const ledger = {
    outcomes: async (after: string, most: number) =>
      entries.filter(({ id }) => numberOf(id) > numberOf(after)).slice(0, most),
    foldedTo: async () => kept?.id ?? '0',
    checkpoint: async () => kept,
    keepCheckpoint: async (from: string, id: string, state: Buffer) => {
      if ((kept?.id ?? '0') !== from) return false;
      kept = { id, state };
      entries = entries.filter((entry) => numberOf(entry.id) >= numberOf(id));
      return true;
    },
  } as unknown as RunLedger;
  return {
    ledger,
    add: (...outcomes: readonly LedgerOutcome[]) => {
      for (const outcome of outcomes) entries.push({ id: `${(added += 1)}-0`, outcome });
    },
    /** A worker folds the next `most` that nobody has folded. */
    async fold(most: number) {
      const found = await ledger.outcomes(kept?.id ?? '0', most);
      const to = found.at(-1)?.id;
      if (to !== undefined) await ledger.keepCheckpoint(kept?.id ?? '0', to, foldAlone(context, kept?.state, found));
    },
    get state() {
      return readRunState(kept?.state);
    },
  };
}

/** A coordinator that reads a stream, and the report that its pipeline would make. */
function createCoordinator(ledger: RunLedger, assertMine = async (): Promise<void> => undefined) {
  const state = newRunState();
  const missed: number[] = [];
  const tally = { bytes: 0, kept: 0, omitted: 0 };
  const reader = createOutcomeReader({
    runId: 'run',
    ledger,
    state,
    from: '0',
    letters: {
      file: 'letters',
      get kept() {
        return tally.kept;
      },
      get omitted() {
        return tally.omitted;
      },
      record: () => void (tally.kept += 1),
      page: () => undefined,
      missed(count) {
        tally.omitted += count;
        missed.push(count);
      },
      flush: async () => ({ ...tally }),
      close: async () => undefined,
    },
    assertMine,
    clock,
    fold: { clean, cursorKind: () => undefined },
  });
  const report = createReportBuilder({ clock, clean });
  const emit = (event: RunEvent): void => report.on({ ...event, at: 0 });
  emit({ type: 'run-started', runId: 'run', sources: ['a', 'b'], sinks: ['out'], threads: 0 });
  const hear = (outcomes: readonly PageOutcome[]): void => outcomes.forEach((outcome) => emit(eventOf(outcome)));
  return {
    state,
    tally,
    missed,
    build: () => report.build(),
    read: async () => hear(await reader.next(emit)),
    keep: () => reader.checkpoint(true),
    /** Until there is nothing more. */
    async finish() {
      for (let quiet = 0; quiet < 3; quiet += 1) {
        const outcomes = await reader.next(emit);
        hear(outcomes);
        if ((await reader.checkpoint(true)) === 'behind' || outcomes.length > 0) quiet = 0;
      }
    },
  };
}

/** As the pipeline tells it. */
function eventOf(outcome: PageOutcome): RunEvent {
  switch (outcome.kind) {
    case 'landed': {
      const { kind: _, child: __, ...page } = outcome;
      return { type: 'page-delivered', ...page };
    }
    case 'skipped':
      return { type: 'page-skipped', source: outcome.source, key: outcome.key, action: outcome.action };
    case 'failed':
      return { type: 'pages-failed', source: outcome.source, pages: outcome.pages, error: outcome.error };
    case 'notice':
      return { type: 'source-notice', source: outcome.source, error: outcome.error };
    case 'ended':
      return { type: 'source-ended', source: outcome.source, state: outcome.state };
    case 'delivered':
      throw new Error('workers deliver');
  }
}

/** One that a worker might tell. */
function anyOutcome(dice: Dice): LedgerOutcome {
  const source = dice.pick(['a', 'b']);
  const records = dice.int(0, 3);
  switch (dice.int(0, 6)) {
    case 0:
      return {
        kind: 'figures',
        worker: 'w',
        source,
        requests: 2,
        retries: 1,
        bytes: dice.int(1, 99),
        limiterWaitMs: 4,
        statuses: new Map([[dice.pick([200, 503]), 2]]),
        latencies: new Map(),
        time: { upstream: 7 },
      };
    case 1:
      return { kind: 'sinks', worker: 'w', sinks: { out: { records, bytes: 0, ms: 0, filtered: dice.int(0, 1) } } };
    case 2:
      return { kind: 'skipped', source, ordinal: 1, key: 'k', action: dice.pick(['ignore', 'end-of-pages']) };
    case 3:
      return { kind: 'failed', source, pages: 1, error: new SluiceError('http_404', dice.pick(['gone', 'lost'])) };
    case 4:
      return { kind: 'notice', source, error: new SluiceError('total_mismatch', dice.pick(['few', 'many'])) };
    default:
      return {
        kind: 'landed',
        source,
        key: 'k',
        items: records + 1,
        records,
        duplicates: 0,
        dropped: 0,
        drops: new Map(),
        split: 0,
        rejects: [{ reason: 'missing_id', index: 1, message: dice.pick(['no id', 'an empty id']), raw: '{}' }],
        quality: new Map([['price', { failed: 1, examples: [{ record: 'r', message: 'm' }] }]]),
        categories: { mapped: new Map([['shoe', 1]]), unmapped: new Map([[dice.pick(['hat', 'cap']), 1]]) },
        metrics: {
          groups: records === 0 ? [] : [dice.pick(['x', 'y'])],
          groupOf: new Uint32Array(records),
          values: Float64Array.from({ length: records }, () => dice.int(-50, 50)),
        },
        attempts: 1,
        bytes: 10,
        processingMs: 1,
      };
  }
}

const notice = (message: string): LedgerOutcome => {
  return { kind: 'notice', source: 'a', error: new SluiceError('total_mismatch', message) };
};

describe('a coordinator that was not seen to live for a while', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'goes on from what workers have folded: the report is the same, whoever counted what (%i)',
    async (seed) => {
      const dice = createDice(`fold ${seed}`);
      const outcomes: LedgerOutcome[] = [
        ...Array.from({ length: dice.int(1, 60) }, () => anyOutcome(dice)),
        { kind: 'ended', source: 'a', state: 'partial' },
        { kind: 'ended', source: 'b', state: 'complete' },
      ];
      const alone = createStream();
      alone.add(...outcomes);
      const undisturbed = createCoordinator(alone.ledger);
      await undisturbed.finish();

      const stream = createStream();
      const coordinator = createCoordinator(stream.ledger);
      for (let at = 0; at < outcomes.length;) {
        const more = dice.int(1, 8);
        stream.add(...outcomes.slice(at, at + more));
        at += more;
        for (let step = dice.int(0, 4); step > 0; step -= 1) {
          const next = dice.pick(['read', 'keep', 'fold']);
          if (next === 'fold') await stream.fold(dice.int(1, 12));
          else await coordinator[next === 'read' ? 'read' : 'keep']();
        }
      }
      await coordinator.finish();

      const tell = ({ build }: typeof coordinator) => {
        const { errors, metrics, monitoring, summary } = build();
        // What is alike is told together, complaints once, as of an earlier life; nobody has single times.
        const counted = errors
          .filter(({ error }) => error !== 'total_mismatch')
          .map(({ error, message, pages = 1, count }) => `${error === 'http_404' ? pages : count} × ${message}`);
        const sources = Object.entries(monitoring.sources).map(([name, told]) => [name, { ...told, processing_ms: 0 }]);
        const sinks = Object.entries(monitoring.sinks).map(([name, { reconciliation }]) => [name, reconciliation]);
        return { summary, metrics, sources, sinks, errors: counted.toSorted() };
      };
      expect(tell(coordinator)).toEqual(tell(undisturbed));
      expect(stream.state.sources).toEqual(alone.state.sources);
      const { kept, omitted } = coordinator.tally;
      expect(kept + omitted).toBe(undisturbed.tally.kept);
    },
  );

  test('is told all where nothing was left in the stream, the ends of sources too', async () => {
    const stream = createStream();
    const coordinator = createCoordinator(stream.ledger);
    stream.add(notice('first'));
    await coordinator.read();
    await coordinator.keep();
    stream.add(notice('second'), { kind: 'ended', source: 'a', state: 'complete' });
    await stream.fold(10);
    await coordinator.read();
    expect(coordinator.state.ended).toEqual(new Map([['a', 'complete']]));
    expect(coordinator.build().errors.map(({ message }) => message)).toEqual(['first', 'second']);
  });

  test('keeps once more what it has kept, where the answer to that was lost', async () => {
    const stream = createStream();
    let lost = true;
    const ledger: RunLedger = {
      ...stream.ledger,
      async keepCheckpoint(...how) {
        const answer = await stream.ledger.keepCheckpoint(...how);
        if (!lost) return answer;
        lost = false;
        // It is sent again, and finds its own.
        return stream.ledger.keepCheckpoint(...how);
      },
    };
    const coordinator = createCoordinator(ledger);
    stream.add(notice('first'));
    await coordinator.read();
    expect(await coordinator.keep()).toBe('kept');
    expect(coordinator.missed).toEqual([]);
  });

  test('ends where another coordinator has the run, or had it meanwhile', async () => {
    const stream = createStream();
    const another = new SluiceError('state_locked', 'the run is another’s');
    const suspended = createCoordinator(stream.ledger, () => Promise.reject(another));
    const late = createCoordinator(stream.ledger);
    const second = createCoordinator(stream.ledger);
    second.state.life = 2;
    stream.add(notice('first'));
    await second.finish();
    await expect(suspended.read()).rejects.toBe(another);
    await expect(late.read()).rejects.toMatchObject({ code: 'state_locked' });
  });
});
