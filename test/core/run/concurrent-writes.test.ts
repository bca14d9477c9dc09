import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../core/errors.ts';
import type { RunEvent } from '../../../core/contracts/events.ts';
import type { Batch } from '../../../core/contracts/batch.ts';
import type { SinkWriter } from '../../../core/contracts/sink.ts';
import { createSinkRunner } from '../../../core/run/sink-runner.ts';
import { createNoJournal } from '../../../core/state/no-journal.ts';
import { fakeClock, settle } from '../../support/fake-clock.ts';
import { batchOf, memorySink, records, reportOf, sinkContext } from '../../support/sinks.ts';

interface Write {
  readonly size: number;
  end(): Promise<void>;
  fail(): Promise<void>;
}

/** A sink of that concurrency whose writes a test ends by hand. */
function setUp(concurrency: number, behaviour: Partial<SinkWriter> = {}) {
  const writes: Write[] = [];
  const sink = memorySink('db', {
    write: (batch: Batch) =>
      new Promise((resolve, reject) => {
        writes.push({
          size: batch.count,
          async end() {
            resolve();
            await settle();
          },
          async fail() {
            reject(new Error('refused'));
            await settle();
          },
        });
      }),
    ...behaviour,
  });
  const events: RunEvent[] = [];
  const clock = fakeClock();
  const runner = createSinkRunner({
    sinks: [{ ...sink, plugin: { ...sink.plugin, concurrency } }],
    context: sinkContext('/'),
    clock,
    emit: (event) => void events.push(event),
    journal: createNoJournal('run1'),
  });
  const told = (type: RunEvent['type']) => events.filter((event) => event.type === type);
  const write = async (size: number): Promise<void> => void (await runner.write(batchOf(...records(0, size))));
  return { runner, writes, told, write, calls: sink.calls, clock };
}

const started = (writes: readonly Write[]) => writes.map(({ size }) => size);

describe('a sink that takes several writes at once', () => {
  it('gets as many as it declares, begun in order', async () => {
    const { runner, writes, write, clock } = setUp(2);
    await runner.open();
    const taken = [1, 2, 3, 4].map(write);
    await settle();
    expect(started(writes)).toEqual([1, 2]);
    await writes[1]?.end();
    expect(started(writes)).toEqual([1, 2, 3]);
    await writes[0]?.end();
    expect(started(writes)).toEqual([1, 2, 3, 4]);
    await Promise.all([writes[2]?.end(), writes[3]?.end(), ...taken]);
    await runner.flush();
    await runner.close(reportOf());
    expect(clock.timers).toBe(0);
  });

  it('commits when all writes before it have ended, and begins none until it is done', async () => {
    let commit = (): void => undefined;
    const { runner, writes, write, calls, told } = setUp(3, {
      commit: () => new Promise((resolve) => (commit = () => resolve(null))),
    });
    await runner.open();
    const before = [1, 2].map(write);
    const flushed = runner.flush();
    const after = write(5);
    await settle();
    expect(calls).toEqual(['open', 'write 1', 'write 2']);
    await writes[1]?.end();
    expect(calls).not.toContain('commit');
    await writes[0]?.end();
    expect(calls).toEqual(['open', 'write 1', 'write 2', 'commit']);
    commit();
    await Promise.all([flushed, ...before]);
    await settle();
    expect(told('sink-committed')).toMatchObject([{ records: 3 }]);
    expect(started(writes)).toEqual([1, 2, 5]);
    await writes[2]?.end();
    await after;
  });

  it('fails as a whole when one of its writes fails: all that was under way is unwritten, and nothing waits', async () => {
    const { runner, writes, write, told, calls } = setUp(3);
    await runner.open();
    const taken = [1, 2, 4].map(write);
    await settle();
    await writes[0]?.end();
    await writes[1]?.fail();
    // The third never ends: the lane must not wait for it.
    await Promise.all(taken);
    await write(8);
    await runner.flush();
    await runner.close(reportOf());
    expect(told('sink-failed')).toMatchObject([{ sink: 'db', unwritten: 7, error: { code: 'sink_failed' } }]);
    expect(told('sink-wrote')).toMatchObject([{ records: 1 }]);
    expect(told('sink-skipped')).toMatchObject([{ records: 8 }]);
    expect(calls.filter((call) => call === 'abort')).toHaveLength(1);
    expect(runner.fault?.code).toBe('sink_failed');
  });

  it('is aborted at once, with writes under way', async () => {
    const { runner, write, told, calls } = setUp(2);
    await runner.open();
    const taken = [1, 2, 3].map(write);
    await settle();
    await runner.abort(new SluiceError('aborted', 'stopped'));
    await Promise.all(taken);
    expect(calls).toEqual(['open', 'write 1', 'write 2', 'abort']);
    expect(told('sink-failed')).toMatchObject([{ unwritten: 3, error: { code: 'aborted' } }]);
    expect(told('sink-skipped')).toMatchObject([{ records: 3 }]);
  });

  it('has half a second for all writes under way when the time is over', async () => {
    const { runner, write, writes, told, clock } = setUp(2);
    await runner.open();
    const taken = [1, 2, 3].map(write);
    await settle();
    const before = clock.now();
    runner.discard(new SluiceError('deadline_exceeded', 'the deadline has come'));
    await writes[0]?.end();
    await clock.run(Promise.all(taken));
    expect(told('sink-failed')).toMatchObject([{ unwritten: 3 }]);
    expect(clock.now() - before).toBe(500);
  });
});
