import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../core/contracts/events.ts';
import { SluiceError } from '../../../core/errors.ts';
import { createSinkRunner, type SinkRunner } from '../../../core/run/sink-runner.ts';
import { createNoJournal } from '../../../core/state/no-journal.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { fakeClock, settle } from '../../support/fake-clock.ts';
import type { MemorySink } from '../../support/sinks.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { batchOf, gate, memorySink, records, reportOf, sinkContext } from '../../support/sinks.ts';

const never = new Promise<never>(() => undefined);
const broken = async (): Promise<never> => {
  throw new Error('broken');
};

function setUp(...sinks: MemorySink[]) {
  const clock: FakeClock = fakeClock();
  const events: RunEvent[] = [];
  const runner = createSinkRunner({
    sinks,
    context: sinkContext('/'),
    clock,
    emit: (event) => void events.push(event),
    journal: createNoJournal('run1'),
  });
  const told = (type: RunEvent['type']) => events.filter((event) => event.type === type);
  return { clock, runner, told };
}

const three = batchOf(...records(0, 3));

/** Resolves when the batch is taken, at once or later. */
async function written(runner: SinkRunner, batch = three): Promise<void> {
  await runner.write(batch);
}
const deadline = new SluiceError('deadline_exceeded', 'the deadline has come');

describe('createSinkRunner', () => {
  it('hands each batch to each sink, commits, and closes', async () => {
    const [a, b] = [memorySink('a'), memorySink('b')];
    const { runner, told, clock } = setUp(a, b);
    await runner.open();
    await runner.write(three);
    await runner.flush();
    await runner.close(reportOf());
    for (const sink of [a, b]) expect(sink.calls).toEqual(['open', 'write 3', 'commit', 'close']);
    expect(told('sink-committed')).toEqual([
      { type: 'sink-committed', sink: 'a', records: 3 },
      { type: 'sink-committed', sink: 'b', records: 3 },
    ]);
    expect(told('sink-wrote')[0]).toMatchObject({ sink: 'a', records: 3, bytes: three.ndjson.byteLength });
    expect(runner.fault).toBeUndefined();
    // A timer left behind would keep the process from ending.
    expect(clock.timers).toBe(0);
  });

  it('gives each sink a logger that says of which its words are', async () => {
    const told: unknown[] = [];
    const logger = { ...silentLogger, warn: (...words: unknown[]) => void told.push(words) };
    const talkative = (name: string): MemorySink => {
      const sink = memorySink(name);
      const opening: MemorySink['plugin']['open'] = (context, ...rest) => {
        context.logger.warn('half full', { bytes: 5 });
        return sink.plugin.open(context, ...rest);
      };
      return { ...sink, plugin: { ...sink.plugin, open: opening } };
    };
    const runner = createSinkRunner({
      sinks: [talkative('a'), talkative('b')],
      context: { ...sinkContext('/'), logger },
      clock: fakeClock(),
      emit: () => undefined,
      journal: createNoJournal('run1'),
    });
    await runner.open();
    expect(told).toEqual([
      ['a: half full', { sink: 'a', bytes: 5 }],
      ['b: half full', { sink: 'b', bytes: 5 }],
    ]);
    await runner.close(reportOf());
  });

  it('does not resolve a write before the slowest sink took the batch', async () => {
    const slow = gate();
    const { runner } = setUp(memorySink('fast'), memorySink('slow', { write: () => slow.opened }));
    await runner.open();
    let taken = false;
    const writing = written(runner).then(() => (taken = true));
    await settle();
    expect(taken).toBe(false);
    slow.open();
    await writing;
  });

  it('never has two operations of one sink under way, and keeps the order', async () => {
    let busy = 0;
    const alone = async (): Promise<void> => {
      expect(++busy).toBe(1);
      await settle();
      busy--;
    };
    const sink = memorySink('a', { write: alone, close: alone, commit: async () => (await alone(), null) });
    const { runner, clock, told } = setUp(sink);
    await runner.open();
    const writes = [1, 2, 3].map((count) => runner.write(batchOf(...records(0, count))));
    await clock.run(Promise.all([...writes, clock.advance(250), runner.close(reportOf())]));
    expect(sink.calls.filter((call) => call.startsWith('write'))).toEqual(['write 1', 'write 2', 'write 3']);
    expect(told('sink-failed')).toEqual([]);
  });

  it('does not bother a sink with a page of no records', async () => {
    const sink = memorySink('a');
    const { runner } = setUp(sink);
    await runner.open();
    await runner.write(batchOf());
    expect(sink.calls).toEqual(['open']);
  });
});

describe('discard', () => {
  it('gives up what waits for a slow sink, and closes it with what it has', async () => {
    const slow = gate();
    const sink = memorySink('slow', { write: () => slow.opened });
    const { runner, told } = setUp(sink);
    await runner.open();
    const writes = [written(runner), written(runner, batchOf({ id: 1 }))];
    await settle();
    runner.discard(deadline);
    slow.open();
    await Promise.all([...writes, runner.write(batchOf({ id: 2 }, { id: 3 }))]);
    await runner.flush();
    await runner.close(reportOf());
    expect(sink.calls).toEqual(['open', 'write 3', 'commit', 'close']);
    expect(told('sink-discarded')).toMatchObject([
      { records: 3, error: { code: 'deadline_exceeded', message: expect.stringContaining('3 records were fetched') } },
    ]);
    expect(told('sink-failed')).toEqual([]);
  });

  it('gives a write that hangs half a second more, and not its whole timeout', async () => {
    const sink = memorySink('hung', { write: () => never });
    const { runner, clock, told } = setUp(sink);
    await runner.open();
    const writing = written(runner);
    await settle();
    runner.discard(deadline);
    await clock.advance(499);
    expect(told('sink-failed')).toEqual([]);
    await clock.advance(1);
    await writing;
    expect(told('sink-failed')).toMatchObject([{ unwritten: 3, error: { code: 'sink_failed' } }]);
  });

  it('gives an opening that hangs half a second more, and skips what came for it', async () => {
    const { runner, clock, told } = setUp(memorySink('hung', { open: () => never }));
    const ended = Promise.all([runner.open(), runner.write(three)]);
    await settle();
    const started = clock.now();
    runner.discard(deadline);
    await clock.run(ended);
    expect(clock.now() - started).toBe(500);
    expect(told('sink-failed')).toMatchObject([{ unwritten: 0, error: { code: 'sink_failed' } }]);
    expect(told('sink-skipped')).toMatchObject([{ records: 3 }]);
    expect(clock.timers).toBe(0);
  });

  it.each([
    ['after it', { write: () => never, abort: () => never }, 1_000],
    ['before it', { write: broken, abort: () => never }, 500],
  ])('does not wait long for a clean-up that hangs, begun %s', async (_, behaviour, ms) => {
    const { runner, clock, told } = setUp(memorySink('hung', behaviour));
    await runner.open();
    const writing = written(runner);
    await settle();
    const started = clock.now();
    runner.discard(deadline);
    await clock.run(writing.then(() => runner.flush()).then(() => runner.close(reportOf())));
    expect(clock.now() - started).toBe(ms);
    expect(told('sink-failed')).toMatchObject([{ unwritten: 3 }, { unwritten: 0 }]);
    expect(clock.timers).toBe(0);
  });

  it.each(['just before', 'just after'])('leaves its time to a last commit that begins %s', async (when) => {
    const done = gate();
    const sink = memorySink('slow', { delivers: 'on-close', commit: async () => (await done.opened, null) });
    const { runner, clock, told } = setUp(sink);
    await runner.open();
    await runner.write(three);
    if (when === 'just after') runner.discard(deadline);
    const flushing = runner.flush();
    await settle();
    if (when === 'just before') runner.discard(deadline);
    await clock.advance(5_000);
    done.open();
    await flushing;
    await runner.close(reportOf());
    expect(told('sink-committed')).toMatchObject([{ records: 3 }]);
    expect(told('sink-failed')).toEqual([]);
  });
});

describe('group commit', () => {
  it('commits 200 ms after the first write since the last commit, and not when there is nothing', async () => {
    const sink = memorySink('a');
    const { runner, clock } = setUp(sink);
    await runner.open();
    await runner.write(three);
    await clock.advance(150);
    await runner.write(three);
    expect(sink.calls).not.toContain('commit');
    await clock.advance(50);
    expect(sink.calls.filter((call) => call === 'commit')).toHaveLength(1);
    await clock.advance(1000);
    await runner.flush();
    expect(sink.calls.filter((call) => call === 'commit')).toHaveLength(1);
  });

  it('commits as soon as 8 MiB were written', async () => {
    const sink = memorySink('a');
    const { runner, told } = setUp(sink);
    await runner.open();
    const big = batchOf({ text: 'x'.repeat(3 * 1024 * 1024) });
    await runner.write(big);
    await runner.write(big);
    expect(sink.calls).not.toContain('commit');
    await runner.write(big);
    await settle();
    expect(told('sink-committed')).toEqual([{ type: 'sink-committed', sink: 'a', records: 3 }]);
  });
});

describe('a sink that fails', () => {
  it('is the end of it all where it was the last, quietly where its reader has gone', async () => {
    const gone = new SluiceError('reader_gone', 'the reader went away');
    const left = setUp(memorySink('a', { write: () => Promise.reject(gone) }), memorySink('b', { write: broken }));
    await left.runner.open();
    await left.runner.write(three);
    expect(left.runner.fault).toMatchObject({ code: 'sink_failed' });
    const unread = setUp(memorySink('a', { write: () => Promise.reject(gone) }));
    await unread.runner.open();
    await unread.runner.write(three);
    expect(unread.runner.fault).toMatchObject({ code: 'reader_gone' });
  });

  it('while opening: fails alone, and what comes later is skipped', async () => {
    const good = memorySink('good');
    const { runner, told } = setUp(memorySink('bad', { open: broken }), good);
    await runner.open();
    expect(runner.fault).toBeUndefined();
    await runner.write(three);
    await runner.flush();
    await runner.close(reportOf());
    expect(told('sink-failed')).toMatchObject([{ sink: 'bad', unwritten: 0, error: { code: 'sink_failed' } }]);
    expect(told('sink-skipped')).toEqual([{ type: 'sink-skipped', sink: 'bad', records: 3 }]);
    expect(good.calls).toEqual(['open', 'write 3', 'commit', 'close']);
  });

  it('in a write: keeps what it committed, and aborts', async () => {
    let fail = false;
    const sink = memorySink('a', { write: async () => (fail ? broken() : undefined) });
    const { runner, told } = setUp(sink);
    await runner.open();
    await runner.write(three);
    await runner.flush();
    await runner.write(batchOf({ id: 1 }));
    fail = true;
    await runner.write(batchOf({ id: 2 }, { id: 3 }));
    expect(told('sink-failed')).toMatchObject([
      { unwritten: 3, revoked: 0, error: { message: 'writing failed: broken', cause: { message: 'broken' } } },
    ]);
    await runner.close(reportOf());
    expect(sink.calls.slice(-2)).toEqual(['write 2', 'abort']);
    expect(runner.fault).toMatchObject({ code: 'sink_failed' });
  });

  it('has delivered nothing where it delivers on close', async () => {
    const sink = memorySink('a', { close: broken, delivers: 'on-close' });
    const { runner, told } = setUp(sink);
    await runner.open();
    await runner.write(three);
    await runner.flush();
    await runner.write(batchOf({ id: 1 }));
    await runner.flush();
    await runner.close(reportOf());
    expect(told('sink-failed')).toMatchObject([{ unwritten: 4, revoked: 4 }]);
    expect(sink.calls).toEqual(['open', 'write 3', 'commit', 'write 1', 'commit', 'close', 'abort']);
  });

  it.skipIf(!existsSync('/dev/full'))('says in plain words that the disk is full', async () => {
    const full = await open('/dev/full', 'w');
    const { runner, told } = setUp(memorySink('a', { write: async (batch) => void (await full.write(batch.ndjson)) }));
    await runner.open();
    await runner.write(three);
    await full.close();
    expect(told('sink-failed')).toMatchObject([
      { unwritten: 3, error: { message: 'no space left on device while writing', cause: { code: 'ENOSPC' } } },
    ]);
  });

  it('in a commit: all that was written since the last one is unwritten', async () => {
    const { runner, told } = setUp(memorySink('a', { commit: broken }));
    await runner.open();
    await runner.write(three);
    await runner.write(three);
    await runner.flush();
    expect(told('sink-failed')).toMatchObject([{ unwritten: 6, revoked: 0 }]);
    expect(told('sink-committed')).toEqual([]);
  });

  it('is given up when it hangs; its late answer changes nothing and its abort may hang too', async () => {
    const late = gate();
    const hung = memorySink('hung', { write: () => late.opened, abort: () => never });
    const { runner, told, clock } = setUp(hung, memorySink('good'));
    await runner.open();
    const started = clock.now();
    await clock.run(written(runner));
    // The abort is not waited for here: it would hold the good sink for another timeout.
    expect(clock.now() - started).toBe(30_000);
    late.open();
    await settle();
    await clock.run(written(runner));
    await clock.run(runner.close(reportOf()));
    expect(told('sink-wrote')).toMatchObject([{ sink: 'good' }, { sink: 'good' }]);
    expect(told('sink-failed')).toMatchObject([
      { sink: 'hung', unwritten: 3, error: { message: 'write did not finish within 30000 ms' } },
      { sink: 'hung', unwritten: 0, error: { message: 'abort did not finish within 30000 ms' } },
    ]);
    expect(told('sink-skipped')).toEqual([{ type: 'sink-skipped', sink: 'hung', records: 3 }]);
  });

  it('is aborted when it opens after its time', async () => {
    const late = gate();
    const sink = memorySink('late', { open: () => late.opened });
    const { runner, clock, told } = setUp(sink);
    await clock.run(runner.open());
    expect(told('sink-failed')).toMatchObject([{ error: { message: 'open did not finish within 30000 ms' } }]);
    late.open();
    await settle();
    expect(sink.calls).toEqual(['open', 'abort']);
  });

  it('may throw without a promise', async () => {
    const sink = memorySink('a');
    const plugin = {
      ...sink.plugin,
      open: () => {
        throw new Error('at once');
      },
    };
    const { runner, told } = setUp({ ...sink, plugin });
    await runner.open();
    expect(told('sink-failed')).toMatchObject([{ error: { message: 'opening failed: at once' } }]);
  });
});

describe('abort', () => {
  const reason = new SluiceError('interrupted', 'stopped');

  it('does not wait for an operation that hangs, and counts all that was handed over', async () => {
    const hung = memorySink('hung', { write: () => never });
    const { runner, told, clock } = setUp(hung);
    await runner.open();
    const writes = [written(runner), written(runner, batchOf({ id: 1 }))];
    await settle();
    await runner.abort(reason);
    expect(hung.calls).toEqual(['open', 'write 3', 'abort']);
    expect(told('sink-failed')).toMatchObject([{ unwritten: 3, error: { code: 'interrupted' } }]);
    expect(told('sink-skipped')).toEqual([{ type: 'sink-skipped', sink: 'hung', records: 1 }]);
    await Promise.all(writes);
    expect(clock.timers).toBe(0);
  });

  it('gives up a sink that is still opening', async () => {
    const late = gate();
    const sink = memorySink('a', { open: () => late.opened });
    const { runner, told } = setUp(sink);
    const opening = runner.open();
    await settle();
    await runner.abort(reason);
    await opening;
    expect(told('sink-failed')).toMatchObject([{ unwritten: 0, error: { code: 'interrupted' } }]);
    late.open();
    await settle();
    expect(sink.calls).toEqual(['open', 'abort']);
  });

  it('leaves alone what is closed or has failed already', async () => {
    const [closed, failed] = [memorySink('closed'), memorySink('failed', { open: broken })];
    const { runner, told } = setUp(closed, failed);
    await runner.open();
    await runner.close(reportOf());
    await runner.abort(reason);
    expect(closed.calls).toEqual(['open', 'close']);
    expect(told('sink-failed')).toHaveLength(1);
  });
});
