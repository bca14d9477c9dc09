import { describe, expect, test } from 'vitest';
import type { ResumeRequest } from '../../../../../core/state/choose-run.ts';
import { chooseRun } from '../../../../../plugins/engines/bullmq/coordinator/choose-run.ts';
import type { RegisteredRun, RunRegistry, RunState } from '../../../../../plugins/engines/bullmq/ledger/runs.ts';

const fingerprint = { sources: 'aaa' };

function run(runId: string, state: RunState, change: Partial<RegisteredRun> = {}): RegisteredRun {
  return { runId, version: '1', fingerprint, startedAt: 0, state, hashKey: 1n, sources: [], cursors: {}, ...change };
}

/** Chooses among runs, of which some have a coordinator that lives. */
async function choosing(runs: readonly RegisteredRun[], resume?: ResumeRequest, living: readonly string[] = []) {
  const warned: string[] = [];
  const states = new Map<string, RunState>();
  const registry = {
    list: async () => runs,
    coordinator: async (id: string) => (living.includes(id) ? { id: 'c', host: 'there', pid: 5 } : undefined),
    setState: async (id: string, state: RunState) => void states.set(id, state),
  } as unknown as RunRegistry;
  const logger = { error() {}, warn: (text: string) => void warned.push(text), info() {}, debug() {} };
  const context = { version: '1', fingerprint, logger };
  const chosen = await chooseRun({ registry, context, queue: 'q', resume });
  return { chosen: chosen?.runId, warned, states };
}

const last = { kind: 'last' } as const;

describe('chooseRun', () => {
  test('begins anew, and leaves one that was stopped to its resume', async () => {
    const { chosen, warned, states } = await choosing([run('b', 'running'), run('a', 'ended')]);
    expect([chosen, warned]).toEqual([
      undefined,
      ['run b was stopped and is not taken up: "--resume b" goes on with it'],
    ]);
    expect(states).toEqual(new Map([['b', 'paused']]));
  });

  test('takes up the newest of this config that has not ended', async () => {
    const other = run('c', 'paused', { fingerprint: { sources: 'other' } });
    const { chosen, warned } = await choosing([run('a', 'paused'), run('b', 'running'), other], last);
    expect(chosen).toBe('b');
    expect(warned).toEqual([
      expect.stringContaining('run c was stopped and is not taken up: the config has changed since (sources)'),
    ]);
  });

  test('takes up none from before one that has ended: its data is older', async () => {
    expect((await choosing([run('a', 'paused'), run('b', 'ended')], last)).chosen).toBeUndefined();
  });

  test.each([
    ['b', 'run_not_found', 'there is no run b in the queue "q"; the latest are a'],
    ['a', 'run_not_resumable', 'it has ended'],
  ])('refuses to take up %s by name: %s', async (runId, code, message) => {
    await expect(choosing([run('a', 'ended')], { kind: 'run', runId })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  test('refuses a run of another version', async () => {
    const old = run('a', 'paused', { version: '0.9' });
    await expect(choosing([old], { kind: 'run', runId: 'a' })).rejects.toThrow('begun by sluice 0.9, and this is 1');
  });

  test.each([[undefined], [last], [{ kind: 'run', runId: 'a' } as const]])(
    'refuses to be a second coordinator, for %j',
    async (resume) => {
      await expect(choosing([run('a', 'running')], resume, ['a'])).rejects.toMatchObject({
        code: 'state_locked',
        message: expect.stringContaining('coordinated by process 5 on there') as string,
      });
    },
  );
});
