import { describe, expect, it } from 'vitest';
import { createDice } from '../../../core/dice.ts';
import { type ResumeRequest, wasStopped } from '../../../core/state/choose-run.ts';
import { fakeDisk, type FakeDisk, type FakeDiskOptions } from '../../support/fake-disk.ts';
import { expectConsistent, figuresOf, findRun, type FoundRun } from '../../support/journal-check.ts';
import { type Life, type LifeOptions, live, sinkNames } from '../../support/journal-life.ts';
import { publishedIds } from '../../support/journal-sink.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Scenario {
  readonly stateDir: string;
  /** The disk that the first life finds. */
  readonly begin: (options: FakeDiskOptions) => FakeDisk;
  /** What the next life is to do, by what it finds. */
  readonly next: (found: FoundRun | undefined) => Partial<LifeOptions>;
  /** Whether a run that is found has nothing left to do. */
  readonly done: (found: FoundRun, disk: FakeDisk) => boolean;
}

type Ended = Life & { readonly disk: FakeDisk };

const last: ResumeRequest = { kind: 'last' };
const published = (disk: FakeDisk) => sinkNames.map((name) => publishedIds(name, disk)?.toSorted());

/** Lives until there is nothing left to do: dies after `crashAfter` operations, then after some, then no more. */
async function survive(scenario: Scenario, crashAfter: number, power: boolean): Promise<Ended> {
  const { stateDir, begin, next, done } = scenario;
  const seed = `${crashAfter} ${power}`;
  let disk = begin({ crashAfter, dice: createDice(seed) });
  let found: FoundRun | undefined;
  for (let number = 1; number < 10; number++) {
    const life = await live({ stateDir, disk, number: number + 10, ...next(found) });
    expect(life.asked.filter((page) => found?.done.has(page) === true)).toEqual([]);
    if (life.result !== undefined) return { ...life, disk };
    const outcome = { power, dice: createDice(`${seed} ${number}`) };
    const inspected = disk.restart(outcome);
    const again = createDice(`${seed} again`).int(0, 90);
    disk = disk.restart({ power, dice: createDice(`${seed} ${number}`), ...(number === 1 && { crashAfter: again }) });
    found = await findRun(inspected, stateDir);
    if (found === undefined) continue;
    await expectConsistent(inspected, stateDir, found);
    if (done(found, inspected)) return { asked: [], result: undefined, disk };
  }
  throw new Error('the run did not come to its end');
}

/** Lets the first life die after each of its operations, by a kill and by a power cut, and holds the end against an undisturbed one. */
async function everyCrash(scenario: Scenario, cuts = [false, true]): Promise<Ended> {
  const disk = scenario.begin({});
  const life = await live({ stateDir: scenario.stateDir, disk, number: 11, ...scenario.next(undefined) });
  const undisturbed = { figures: life.result && figuresOf(life.result.report), records: published(disk) };
  for (let crashAfter = 0; crashAfter < disk.operations; crashAfter++) {
    for (const power of cuts) {
      const title = `after operation ${crashAfter} ${power ? 'the power was cut' : 'the process was killed'}`;
      const ended = await survive(scenario, crashAfter, power).catch((error: unknown) => {
        throw new Error(`${title}: ${String(error)}`, { cause: error });
      });
      expect(published(ended.disk), title).toEqual(undisturbed.records);
      const figures = ended.result === undefined ? undisturbed.figures : figuresOf(ended.result.report);
      expect(figures, title).toEqual(undisturbed.figures);
    }
  }
  return { ...life, disk };
}

/** What a run has left after some lives, as the next one finds it. Each is told the id of the run. */
async function runAfter(stateDir: string, ...lives: readonly ((runId: string) => Partial<LifeOptions>)[]) {
  let disk = fakeDisk();
  let runId = '';
  for (const [index, change] of lives.entries()) {
    const { result } = await live({ stateDir, disk, number: index + 1, ...change(runId) });
    runId = result?.report.summary.run_id ?? '';
    disk = disk.restart({ power: false });
  }
  return { runId, begin: (options: FakeDiskOptions): FakeDisk => disk.restart({ power: false, ...options }) };
}

const whole = 21 + 9 + 10;
const retry = (runId: string): Partial<LifeOptions> => ({ resume: { kind: 'retry-failed', runId }, fixed: true });

describe('a run whose process dies in any operation on the disk', { timeout: 120_000 }, () => {
  it('loses nothing, doubles nothing, and says in the end what an undisturbed one says', async () => {
    const stateDir = await temporaryFolder();
    const { disk, result } = await everyCrash({
      stateDir,
      begin: fakeDisk,
      next: () => ({ resume: last }),
      done: (found) => !wasStopped(found),
    });
    expect(disk.operations).toBeGreaterThan(60);
    expect(result?.report.monitoring.sources).toMatchObject({
      counted: { records: 16, items: { rejected: 1, duplicates: 1 }, pages: { failed: 1 } },
      chained: { records: 6, pages: { failed: 1 } },
      linked: { records: 10, state: 'complete' },
    });
  });

  it('knows again what a response rule had settled, and what a guard had refused', async () => {
    const { result } = await everyCrash(
      {
        stateDir: await temporaryFolder(),
        begin: fakeDisk,
        next: () => ({ resume: last, scene: 'gaps' }),
        done: (found) => !wasStopped(found),
      },
      [false],
    );
    expect(result?.report.errors).toMatchObject([{ endpoint: 'strayed', error: 'cross_origin' }]);
  });

  it('asks for the parts of each thing once, and tries those again that had failed', async () => {
    const scene = { scene: 'parts' } as const;
    const stateDir = await temporaryFolder();
    const { result } = await everyCrash({
      stateDir,
      begin: fakeDisk,
      next: () => ({ resume: last, ...scene }),
      done: (found) => !wasStopped(found),
    });
    const { branched } = result?.report.monitoring.sources ?? {};
    expect(branched).toMatchObject({ records: 4 + 5, items: { rejected: 2 }, pages: { failed: 1 } });

    const folder = await temporaryFolder();
    const ended = await runAfter(folder, () => scene);
    const again = await everyCrash(
      {
        stateDir: folder,
        begin: ended.begin,
        next: (found) =>
          found === undefined || !wasStopped(found)
            ? { ...retry(ended.runId), ...scene }
            : { resume: last, fixed: true, ...scene },
        done: (found) => found.end?.ending === 'complete',
      },
      [true],
    );
    expect(again.result?.report.summary).toMatchObject({ partial: false, total_products: 5 + 9 });
    expect(again.result?.report.errors).toEqual([]);
    // The parts that could not be read, and those of the thing that was rejected; nothing else.
    expect(again.asked.toSorted()).toEqual(['branched /things/3/parts', 'branched /things/5/parts']);
  });

  it('brings both sinks to the same end where one had failed in the middle', async () => {
    const stateDir = await temporaryFolder();
    const { runId, begin } = await runAfter(stateDir, () => ({ failingWrite: 5 }));
    expect(published(begin({}))).toEqual([expect.anything(), undefined]);
    const { result } = await everyCrash(
      {
        stateDir,
        begin,
        next: (found) => ({ resume: found === undefined || found.end !== undefined ? { kind: 'run', runId } : last }),
        done: (found, disk) => found.end !== undefined && publishedIds('two', disk) !== undefined,
      },
      [true],
    );
    expect(result?.report.monitoring.sinks).toMatchObject({ one: { state: 'complete' }, two: { state: 'complete' } });
  });

  it('retries what had failed to its end, and what that leads to', async () => {
    const stateDir = await temporaryFolder();
    const { runId, begin } = await runAfter(stateDir, () => ({}));
    const { result, disk } = await everyCrash({
      stateDir,
      begin,
      next: (found) => (found === undefined || !wasStopped(found) ? retry(runId) : { resume: last, fixed: true }),
      done: (found) => found.end?.ending === 'complete',
    });
    expect(result?.report.summary).toMatchObject({ partial: false, total_products: whole });
    expect(result?.report.errors).toEqual([]);
    expect(disk.paths().filter((path) => /letters\.ndjson\./.test(path))).toEqual([]);
  });

  it('retries once more where a retry had mended nothing', async () => {
    const stateDir = await temporaryFolder();
    const { runId, begin } = await runAfter(
      stateDir,
      () => ({}),
      (id) => ({ ...retry(id), fixed: false }),
    );
    const scenario: Scenario = {
      stateDir,
      begin,
      next: (found) => (found === undefined || !wasStopped(found) ? retry(runId) : { resume: last, fixed: true }),
      done: (found) => found.end?.ending === 'complete',
    };
    const { result } = await everyCrash(scenario, [true]);
    expect(result?.report.summary).toMatchObject({ partial: false, total_products: whole });
  });
});

describe('a retry of what had failed', () => {
  it('is gone on with after an interrupt, with the items that it had not come to', async () => {
    const stateDir = await temporaryFolder();
    const { begin } = await runAfter(
      stateDir,
      () => ({}),
      (id) => ({ ...retry(id), interruptAfter: 0 }),
    );
    const { result, asked } = await live({ stateDir, disk: begin({}), number: 3, resume: last, fixed: true });
    expect(result?.report.summary).toMatchObject({ partial: false, total_products: whole });
    expect(asked.toSorted()).toEqual([
      'chained /things?cursor=d',
      'chained /things?cursor=e',
      'counted /things?limit=4&offset=12',
    ]);
  });

  it.each(['run', 'retry-failed'] as const)('whose sink failed loses no item to the next life, %s', async (kind) => {
    const stateDir = await temporaryFolder();
    const { runId, begin } = await runAfter(
      stateDir,
      () => ({}),
      (id) => ({ ...retry(id), failingWrite: 1 }),
    );
    const resume: ResumeRequest = { kind, runId };
    const { result } = await live({ stateDir, disk: begin({}), number: 3, resume, fixed: true });
    expect(result?.report.summary).toMatchObject({ partial: false, total_products: whole });
    expect(result?.report.errors).toEqual([]);
  });

  it('is refused where the run was stopped before its end', async () => {
    const stateDir = await temporaryFolder();
    const { runId, begin } = await runAfter(stateDir, () => ({ interruptAfter: 5 }));
    await expect(live({ stateDir, disk: begin({}), number: 2, ...retry(runId) })).rejects.toMatchObject({
      code: 'run_not_resumable',
      message: expect.stringContaining('--resume'),
    });
  });

  it('is refused where nothing failed', async () => {
    const stateDir = await temporaryFolder();
    const { runId, begin } = await runAfter(stateDir, () => ({ fixed: true }));
    await expect(live({ stateDir, disk: begin({}), number: 2, ...retry(runId) })).rejects.toMatchObject({
      code: 'run_not_resumable',
      message: expect.stringContaining('no page of it failed'),
    });
  });
});
