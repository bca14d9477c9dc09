import { createHashKey } from '../processing/hash-key.ts';
import { systemClock } from '../system-clock.ts';
import { createNoJournal } from './no-journal.ts';
import type { OpenedRun } from './open-run.ts';
import { createRunId } from './run-id.ts';

/** A run of which nothing is kept. */
export function unkeptRun(hashKey = createHashKey()): OpenedRun {
  return { journal: createNoJournal(createRunId(systemClock.date())), hashKey, since: {}, anew: false };
}
