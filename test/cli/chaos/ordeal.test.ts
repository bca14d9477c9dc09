import { describe, expect, it, onTestFinished } from 'vitest';
import type { KillMoment } from '../../../cli/chaos/kill-moments.ts';
import type { Life, LifeEnd } from '../../../cli/chaos/life.ts';
import { undergo } from '../../../cli/chaos/ordeal.ts';
import type { ListedRun, ResumeRequest } from '../../../core/index.ts';

type State = Pick<ListedRun, 'id' | 'state' | 'resumable'>;
const complete = (id: string): State => ({ id, state: 'complete', resumable: 'no' });
const stopped: State = { id: 'run1', state: 'stopped', resumable: 'yes' };
const partial: State = { id: 'run1', state: 'partial', resumable: 'by id' };
const ended = (exitCode: number): LifeEnd => ({ kind: 'ended', exitCode, errors: [] });

/** What a life does, and what it leaves behind; one without an end runs until it is killed. */
interface Script {
  readonly end?: LifeEnd;
  readonly leaves: State;
}

function ordeal(script: readonly Script[], moments: readonly KillMoment[], quietMs = 5_000) {
  const resumes: ResumeRequest[] = [];
  let newest: State | undefined;
  let judged = 0;
  let forgotten = 0;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  function startLife(resume: ResumeRequest): Life {
    const step = script[resumes.push(resume) - 1] ?? { end: ended(3), leaves: partial };
    let kill = (): void => undefined;
    const killed = new Promise<LifeEnd>((resolve) => (kill = () => resolve({ kind: 'killed' })));
    // After a timer that is already set for it.
    const life = step.end === undefined ? killed : Promise.race([killed, later(step.end)]);
    return { running: Promise.resolve(), ended: life.then((end) => ((newest = step.leaves), end)), kill };
  }
  const done = undergo({
    moments,
    startLife,
    // The fields that are not looked at.
    newestRun: async () => newest as ListedRun | undefined,
    upstreams: {
      requests: 0,
      asked: new Set(['page']),
      onArrival: () => () => undefined,
      forgetAsked: () => void (forgotten += 1),
    },
    pages: 1,
    folder: '.',
    quietMs,
    signal: stop.signal,
    judge: async () => void (judged += 1),
  });
  return { done, resumes, stop, judged: () => judged, forgotten: () => forgotten };
}

const later = (end: LifeEnd): Promise<LifeEnd> => new Promise((resolve) => setTimeout(() => resolve(end), 20));
const atOnce: KillMoment = { after: 'start', ms: 0 };

describe('undergo', () => {
  it('kills a life at each moment, and resumes until the run is complete', async () => {
    const run = ordeal(
      [{ leaves: stopped }, { leaves: stopped }, { end: ended(0), leaves: complete('run1') }],
      [atOnce, { after: 'pages', share: 1, ms: 1 }],
    );
    expect(await run.done).toEqual({ lives: 3, kills: 2, runs: 1, problem: undefined });
    expect(run.resumes).toEqual([{ kind: 'last' }, { kind: 'last' }, { kind: 'last' }]);
    expect(run.judged()).toBe(1);
  });

  it('takes up by its id a run that ended in part', async () => {
    const run = ordeal(
      [
        { end: ended(3), leaves: partial },
        { end: ended(0), leaves: complete('run1') },
      ],
      [],
    );
    expect(await run.done).toMatchObject({ lives: 2, kills: 0, runs: 1, problem: undefined });
    expect(run.resumes).toEqual([{ kind: 'last' }, { kind: 'run', runId: 'run1' }]);
  });

  it('begins another run where moments are left', async () => {
    const run = ordeal(
      [
        { end: ended(0), leaves: complete('run1') },
        { leaves: { ...stopped, id: 'run2' } },
        { end: ended(0), leaves: complete('run2') },
      ],
      [{ after: 'start', ms: 400 }],
    );
    // The moment of the first life never comes; the second one lives until it does.
    expect(await run.done).toEqual({ lives: 3, kills: 1, runs: 2, problem: undefined });
    expect([run.judged(), run.forgotten()]).toEqual([2, 1]);
  });

  it('gives up where a run never gets complete, and where a life breaks', async () => {
    const endless = await ordeal([], []).done;
    expect(endless).toMatchObject({ lives: 25, problem: 'not complete after 25 lives' });
    const broken = ordeal([{ end: { kind: 'broken', message: 'journal_corrupt' }, leaves: stopped }], []);
    expect(await broken.done).toMatchObject({ lives: 1, problem: 'journal_corrupt' });
  });

  it('ends a life that hangs, and says so', async () => {
    const run = ordeal([{ leaves: stopped }], [], 10);
    expect(await run.done).toMatchObject({ problem: 'a life neither asked for anything nor ended for 10 ms' });
  });

  it('kills the life under way when it is called off', async () => {
    const run = ordeal([{ leaves: stopped }], []);
    run.stop.abort(new Error('enough'));
    await expect(run.done).rejects.toThrow('enough');
  });
});
