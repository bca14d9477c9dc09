import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../../../core/errors.ts';
import type { RunEvent } from '../../../../../core/contracts/events.ts';
import { startWatch, type WatchOptions } from '../../../../../plugins/engines/bullmq/coordinator/watch.ts';
import type { WorkerPresence } from '../../../../../plugins/engines/bullmq/ledger/runs.ts';
import { fakeClock, settle } from '../../../../support/fake-clock.ts';

const own = { id: 'me', host: 'here', pid: 1 };
const worker: WorkerPresence = {
  id: 'w1',
  host: 'there',
  pid: 7,
  session: 's',
  concurrency: 5,
  inHand: 2,
  pagesDone: 0,
  seenAt: 0,
};

/** A watch over a run without sources, whose workers and holder are the test's to say. */
function watching() {
  const clock = fakeClock();
  const said: string[] = [];
  const events: RunEvent[] = [];
  let workers: readonly WorkerPresence[] = [];
  let lost = false;
  let sweeps = 0;
  const say = (text: string): void => void said.push(text);
  const options = {
    runId: 'run1',
    own,
    registry: { workers: async () => workers },
    lease: {
      assertMine: async () => (lost ? Promise.reject(new SluiceError('state_locked', 'taken over')) : undefined),
    },
    ledger: { duty: async () => true },
    janitor: { sweep: async () => void (sweeps += 1) },
    sources: [],
    clock,
    emit: (event: RunEvent) => void events.push(event),
    logger: { error: say, warn: say, info: say, debug: say },
  } as unknown as WatchOptions;
  const watch = startWatch(options);
  return {
    watch,
    said,
    events,
    sweeps: () => sweeps,
    come: (...list: WorkerPresence[]) => void (workers = list),
    takeOver: () => void (lost = true),
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 1000) {
        await clock.advance(1000);
        await settle();
      }
    },
  };
}

describe('the watch of a coordinator', () => {
  test('says that nobody works, after ten seconds and again after ten more', async () => {
    const { said, pass } = watching();
    await pass(9000);
    expect(said).toEqual([]);
    await pass(2000);
    expect(said).toEqual(['no worker takes pages: start "pipeline worker" with this config']);
    await pass(10_000);
    expect(said).toHaveLength(2);
  });

  test('tells of workers that come and go, and what they have in hand', async () => {
    const { said, events, come, pass } = watching();
    come(worker);
    await pass(12_000);
    come();
    await pass(1000);
    expect(said).toEqual(['worker 7 on there takes pages, up to 5 at once', 'worker 7 on there is gone']);
    expect(events).toContainEqual({ type: 'workers', workers: 1, inHand: 2, waiting: 0 });
  });

  test('hands out nothing more once it is paused', async () => {
    const { watch, sweeps, pass } = watching();
    await pass(2000);
    watch.pause();
    const before = sweeps();
    await pass(3000);
    expect([before > 0, sweeps()]).toEqual([true, before]);
  });

  test('ends where another coordinator has the run', async () => {
    const { watch, takeOver, pass } = watching();
    takeOver();
    await pass(2000);
    expect(watch.fault).toMatchObject({ code: 'state_locked' });
  });
});
