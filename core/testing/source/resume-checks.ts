import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDice } from '../../dice.ts';
import type { MemoryStore } from '../memory-sink.ts';
import { mortalDisk } from '../mortal-disk.ts';
import { type Problems, shown, wordsOf } from '../problems.ts';
import { type Life, live, type LifeOptions } from './life.ts';

/** Places in a run at which it is killed. */
const kills = 5;
/** A run that is not done after so many lives makes no progress. */
const mostLives = 20;

/** Kills runs of a source at random places, takes each up until it is done, and holds what came against `expected`. */
export async function checkResume(
  options: Omit<LifeOptions, 'session' | 'store' | 'kept'>,
  begin: () => LifeOptions['session'],
  expected: readonly string[],
  problems: Problems,
): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  const dice = createDice(options.seed);
  try {
    const whole = mortalDisk();
    await live({ ...options, session: begin(), store: { lines: [] }, kept: { disk: whole, stateDir, resume: false } });
    for (let kill = 0; kill < kills; kill++) {
      // Within the part of a run that differs from one to the next; what is before it is the run's own affair.
      const lifetime = dice.int(1, whole.operations);
      const store: MemoryStore = { lines: [] };
      const where = `killed after ${lifetime} of ${whole.operations} writes of its journal and taken up again`;
      const ended = await liveUntilDone({ ...options, store }, begin, lifetime, stateDir);
      if (ended === undefined) problems.add(`a run that is ${where} comes to no end`);
      else compare(store.lines.map(idOf), expected, where, problems);
    }
  } catch (thrown) {
    problems.add(`a run that is killed can't be taken up: ${wordsOf(thrown)}`);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function liveUntilDone(
  options: Omit<LifeOptions, 'session' | 'kept'>,
  begin: () => LifeOptions['session'],
  lifetime: number,
  stateDir: string,
): Promise<Life | undefined> {
  let disk = mortalDisk(lifetime);
  for (let number = 1; number <= mostLives; number++) {
    const life = await live({ ...options, session: begin(), kept: { disk, stateDir, resume: number > 1 } });
    if (life.report !== undefined) return life;
    disk = disk.next();
  }
  return undefined;
}

function compare(found: readonly string[], expected: readonly string[], where: string, problems: Problems): void {
  const missing = expected.filter((id) => !found.includes(id));
  const twice = found.filter((id, index) => found.indexOf(id) !== index);
  if (missing.length > 0) problems.add(`a run that is ${where} lacks records, such as ${shown(missing[0])}`);
  if (twice.length > 0) problems.add(`a run that is ${where} has records twice, such as ${shown(twice[0])}`);
}

/** The id of a record's line. */
export function idOf(line: string): string {
  return (JSON.parse(line) as { id: string }).id;
}
