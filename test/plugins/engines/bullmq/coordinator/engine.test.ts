import { describe, expect, test } from 'vitest';
import type { PageOutcome, RunPlan } from '../../../../../core/contracts/engine.ts';
import { SluiceError } from '../../../../../core/errors.ts';
import {
  type CoordinatorEngineOptions,
  createCoordinatorEngine,
} from '../../../../../plugins/engines/bullmq/coordinator/engine.ts';
import { newRunState } from '../../../../../plugins/engines/bullmq/coordinator/run-state.ts';
import { fakeClock } from '../../../../support/fake-clock.ts';

const skipped: PageOutcome = { kind: 'skipped', source: 'shop', ordinal: 0, key: 'p', action: 'ignore' };
const plan = {
  sources: [{ name: 'shop', baseUrl: 'http://shop.test', rateLimits: [], plugin: { pagination: {} } }],
  onSourceFailure: 'abort',
} as unknown as RunPlan;

/** An engine whose stream says, read after read, what `reads` says, and then nothing. */
function reading(reads: (number: number) => readonly PageOutcome[], change: Partial<CoordinatorEngineOptions> = {}) {
  const clock = fakeClock();
  const calls: string[] = [];
  const state = change.state ?? newRunState();
  let number = 0;
  const source = {
    standing: async () => ({
      added: 3,
      addedToOwn: 3,
      waiting: 2,
      open: 1,
      delivered: 0,
      skipped: 0,
      failed: 0,
      totals: { items: 0, emptyPages: 0 },
    }),
    refuse: async ({ message }: SluiceError) => void calls.push(message),
  };
  const engine = createCoordinatorEngine({
    ledger: { source: () => source } as unknown as CoordinatorEngineOptions['ledger'],
    state,
    clock,
    begin: async () => void calls.push('begin'),
    halt: async () => void calls.push('halt'),
    reader: {
      next: async () => {
        // The time that a read takes.
        await new Promise<void>((done) => void clock.timer(500, done));
        return reads((number += 1));
      },
      checkpoint: async () => 'kept' as const,
    },
    watch: () => ({
      fault: undefined,
      workers: [],
      pause: () => void calls.push('pause'),
      stop: async () => undefined,
    }),
    giveUp: { stop: () => undefined, excuse: (work) => work() },
    ...change,
  });
  const run = async (signal: AbortSignal) => {
    const outcomes: PageOutcome[] = [];
    const all = async () => {
      for await (const outcome of engine.run(plan, { emit() {} } as never, signal)) outcomes.push(outcome);
    };
    await clock.run(all());
    return outcomes;
  };
  return { run, calls };
}

describe('the engine of a coordinator', () => {
  test('stops when it is told to, however much workers still tell', async () => {
    const stop = new AbortController();
    const { run, calls } = reading((number) => {
      if (number === 5) stop.abort(new SluiceError('interrupted', 'stopped'));
      return [skipped];
    });
    const outcomes = await run(stop.signal);
    expect(calls).toEqual(['begin', 'pause', 'halt']);
    expect(outcomes.slice(-2)).toMatchObject([
      { kind: 'failed', pages: 3, error: { code: 'interrupted' } },
      { kind: 'ended', state: 'failed' },
    ]);
  });

  test('registers nothing where it was stopped before it began', async () => {
    const { run, calls } = reading(() => []);
    await run(AbortSignal.abort(new SluiceError('interrupted', 'stopped')));
    expect(calls).not.toContain('begin');
  });

  test('tells again what earlier lives were told, and ends the sources that a failed one is to end', async () => {
    const state = newRunState();
    state.errors.push({ source: 'dead', pages: 2, error: new SluiceError('http_404', 'gone') });
    state.ended.set('dead', 'failed');
    const stop = new AbortController();
    const { run, calls } = reading(
      (number) => {
        if (number === 2) stop.abort(new SluiceError('interrupted', 'stopped'));
        return [];
      },
      { state },
    );
    const outcomes = await run(stop.signal);
    expect(outcomes.slice(0, 2)).toMatchObject([
      { kind: 'failed', source: 'dead', pages: 2 },
      { kind: 'ended', source: 'dead', state: 'failed' },
    ]);
    expect(calls).toContain('stopped, because the source dead failed');
  });
});
