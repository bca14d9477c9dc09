import { describe, expect, it } from 'vitest';
import { createDice } from '../../../core/dice.ts';
import type { ResumeRequest } from '../../../core/state/choose-run.ts';
import { wasStopped } from '../../../core/state/choose-run.ts';
import { fakeDisk, type FakeDisk } from '../../support/fake-disk.ts';
import { expectConsistent, figuresOf, findRun, type FoundRun } from '../../support/journal-check.ts';
import { type Life, type LifeOptions, live, sinkNames } from '../../support/journal-life.ts';
import { publishedIds } from '../../support/journal-sink.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const last: ResumeRequest = { kind: 'last' };

/** What each life of a scenario is like. */
type Change = (found: FoundRun | undefined) => Partial<LifeOptions>;

interface Scenario {
  readonly stateDir: string;
  /** The disk before the first life that may crash. */
  readonly begin: (options: { crashAfter?: number; seed: string }) => FakeDisk;
  /** How the next life goes on from what it finds; undefined: there is nothing left to do. */
  readonly next: Change;
  /** Whether the run that is found has come to where the scenario ends. */
  readonly done: (found: FoundRun) => boolean;
}

/** Lives until the run is done: dies at `crashAfter`, then at chance operations, and at last no more. */
async function survive(scenario: Scenario, crashAfter: number, power: boolean): Promise<Life & { disk: FakeDisk }> {
  const { stateDir } = scenario;
  let disk = scenario.begin({ crashAfter, seed: `${crashAfter} ${power}` });
  let found: FoundRun | undefined;
  for (let number = 1; number < 10; number++) {
    const life = await live({ stateDir, disk, number, ...scenario.next(found) });
    expect(life.asked.filter((page) => found?.done.has(page))).toEqual([]);
    if (life.result !== undefined) return { ...life, disk };
    const seed = `${crashAfter} ${power} ${number}`;
    const inspected = disk.restart({ power, dice: createDice(seed) });
    const chance = createDice(`next ${seed}`);
    const more = number < 3 ? { crashAfter: chance.int(0, 100) } : {};
    disk = disk.restart({ power, dice: createDice(seed), ...more });
    found = await findRun(inspected, stateDir);
    if (found === undefined) continue;
    await expectConsistent(inspected, stateDir, found);
    if (scenario.done(found)) return { asked: [], result: undefined, disk };
  }
  throw new Error('the run did not come to its end');
}

async function everyCrash(scenario: Scenario, end: (life: Life & { disk: FakeDisk }) => void): Promise<number> {
  const undisturbed = scenario.begin({ seed: 'none' });
  const before = undisturbed.operations;
  const life = await live({ stateDir: scenario.stateDir, disk: undisturbed, number: 1, ...scenario.next(undefined) });
  end({ ...life, disk: undisturbed });
  const operations = undisturbed.operations - before;
  const failures: string[] = [];
  for (let crashAfter = 0; crashAfter < operations; crashAfter++) {
    for (const power of [false, true]) {
      try {
        end(await survive(scenario, crashAfter, power));
      } catch (error) {
        failures.push(`crash after ${crashAfter}, power ${power}: ${(error as Error).message}${JSON.stringify((error as {diff?: string}).diff ?? (error as {actual?: unknown}).actual ?? '').slice(0,0)}\n${(error as Error).stack?.split('\n').slice(1,4).join('\n')}`);
        const { actual, expected: wanted } = error as { actual?: Record<string, unknown>; expected?: Record<string, unknown> };
        if (actual && wanted) for (const key of Object.keys(actual)) if (JSON.stringify(actual[key]) !== JSON.stringify(wanted[key])) console.log(crashAfter, power, key, JSON.stringify(actual[key]), JSON.stringify(wanted[key]));
      }
    }
  }
  expect(failures).toEqual([]);
  return operations;
}

describe('a run whose process dies', () => {
  it('in any operation on the disk loses nothing and doubles nothing, and says what an undisturbed run says', async () => {
    const stateDir = await temporaryFolder();
    let expected: { ids: readonly string[]; figures: object } | undefined;
    const t = performance.now();
    const operations = await everyCrash(
      {
        stateDir,
        begin: ({ crashAfter, seed }) =>
          fakeDisk({ ...(crashAfter !== undefined && { crashAfter }), dice: createDice(seed) }),
        next: (found) => (found === undefined ? { resume: last } : { resume: last }),
        done: (found) => !wasStopped(found),
      },
      ({ disk, result }) => {
        const ids = sinkNames.map((name) => publishedIds(name, disk)?.toSorted());
        expected ??= { ids: ids[0] ?? [], figures: figuresOf(result!.report) };
        for (const one of ids) expect(one).toEqual(expected.ids);
        if (result !== undefined) expect(figuresOf(result.report)).toEqual(expected.figures);
      },
    );
    console.log(operations, performance.now() - t);
  }, 120_000);
});
