import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent, TimedEvent } from '../../../core/contracts/events.ts';
import { SluiceError } from '../../../core/errors.ts';
import { assertReconciled } from '../../../core/report/reconcile.ts';
import { createReportBuilder } from '../../../core/report/report-builder.ts';
import { createSinkRunner } from '../../../core/run/sink-runner.ts';
import { createNoJournal } from '../../../core/state/no-journal.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { pageDelivered, reject, runStarted } from '../../support/run-events.ts';
import { batchOf, memorySink, records, sinkContext } from '../../support/sinks.ts';

const page = fc
  .record({
    kept: fc.nat({ max: 5 }),
    rejected: fc.nat({ max: 2 }),
    duplicates: fc.nat({ max: 2 }),
    dropped: fc.nat({ max: 2 }),
    split: fc.nat({ max: 2 }),
    pause: fc.constantFrom(0, 50, 250),
  })
  .filter(({ kept, rejected, duplicates, dropped, split }) => kept + rejected + duplicates + dropped >= split);

/** A sink that fails or hangs at its nth operation, or never. */
const sink = fc.record({
  failsAt: fc.option(fc.nat({ max: 12 })),
  hangs: fc.boolean(),
  delivers: fc.constantFrom('on-close' as const, undefined),
});

interface Scenario {
  readonly pages: readonly {
    kept: number;
    rejected: number;
    duplicates: number;
    dropped: number;
    split: number;
    pause: number;
  }[];
  readonly sinks: readonly { failsAt: number | null; hangs: boolean; delivers: 'on-close' | undefined }[];
  readonly end: 'close' | 'discard' | 'abort';
}

async function eventsOf({ pages, sinks, end }: Scenario) {
  const clock = fakeClock();
  const events: TimedEvent[] = [];
  const emit = (event: RunEvent): void => void events.push({ ...event, at: 0 });
  const stored = sinks.map(() => 0);
  const members = sinks.map(({ failsAt, hangs, delivers }, index) => {
    let operation = 0;
    const step = async (): Promise<void> => {
      if (operation++ !== failsAt) return;
      if (hangs) await new Promise(() => undefined);
      throw new Error('broken');
    };
    let taken = 0;
    const show = (): void => void (stored[index] = taken);
    return memorySink(`sink${index}`, {
      ...(delivers && { delivers }),
      open: step,
      write: async (batch) => {
        await step();
        taken += batch.count;
      },
      commit: async () => {
        await step();
        if (delivers === undefined) show();
        return null;
      },
      close: async () => {
        await step();
        show();
      },
    });
  });
  const runner = createSinkRunner({
    sinks: members,
    context: sinkContext('/'),
    clock,
    emit,
    journal: createNoJournal('run1'),
  });

  emit(
    runStarted(
      ['a'],
      members.map(({ name }) => name),
    ),
  );
  const run = async (): Promise<void> => {
    await runner.open();
    const writes: Promise<void>[] = [];
    for (const { kept, rejected, duplicates, dropped, split, pause } of pages) {
      const rejects = Array.from({ length: rejected }, () => reject());
      const items = kept + rejected + duplicates + dropped - split;
      emit(pageDelivered('a', { items, records: kept, rejects, duplicates, dropped, split }));
      writes.push((async () => void (await runner.write(batchOf(...records(0, kept)))))());
      if (pause > 0) await new Promise<void>((resolve) => clock.timer(pause, resolve));
    }
    if (end === 'discard') runner.discard(new SluiceError('deadline_exceeded', 'too late'));
    if (end !== 'abort') {
      await Promise.all(writes);
      await runner.flush();
      await runner.close(reportFrom(events));
    } else {
      await runner.abort(new SluiceError('interrupted', 'stopped'));
      await Promise.all(writes);
    }
  };
  await clock.run(run());
  return { events, stored };
}

function reportFrom(events: readonly TimedEvent[]) {
  const builder = createReportBuilder({ clock: fakeClock(), clean: (text) => text });
  for (const event of events) builder.on(event);
  return builder.build();
}

const scenario = fc.record({
  pages: fc.array(page, { maxLength: 8 }),
  sinks: fc.array(sink, { minLength: 1, maxLength: 3 }),
  end: fc.constantFrom('close' as const, 'discard' as const, 'abort' as const),
});

describe('assertReconciled', () => {
  it('holds for every sink, however the sinks fail, hang, are cut short or aborted; what counts as written is there', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (random) => {
        const { events, stored } = await eventsOf(random);
        const report = reportFrom(events);
        assertReconciled(report);
        const written = Object.values(report.monitoring.sinks).map(({ reconciliation }) => reconciliation.written);
        expect(written).toEqual(stored);
      }),
      { numRuns: 200 },
    );
  });

  it('notices when a record goes missing between the page and a sink', async () => {
    const healthy = { failsAt: null, hangs: false, delivers: undefined };
    const kept = { kept: 3, rejected: 0, duplicates: 0, dropped: 0, split: 0, pause: 0 };
    const { events } = await eventsOf({ pages: [kept], sinks: [healthy], end: 'close' });
    const withoutCommit = events.filter((event) => event.type !== 'sink-committed');
    expect(() => assertReconciled(reportFrom(withoutCommit))).toThrow(
      'the figures of the run do not add up: sink sink0: read 3, split 0, written 0, rejected 0, duplicates 0, dropped 0, filtered 0, unwritten 0',
    );
  });

  it('notices when a page holds more items than it accounts for, even without any sink', () => {
    const report = reportFrom([runStarted(['a']), pageDelivered('a', { items: 20, records: 19 })]);
    expect(() => assertReconciled(report)).toThrow(/leave 20 records, 19 were accepted/);
  });
});
