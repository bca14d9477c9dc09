import type { RunJournal, SourceJournal } from '../contracts/journal.ts';

/** Keeps nothing: for a run that has no state folder, and can't be taken up again. */
export function createNoJournal(runId: string): RunJournal {
  const source: SourceJournal = {
    restored: undefined,
    added() {},
    preceded() {},
    expanded() {},
    attempted() {},
    refused() {},
    capped() {},
  };
  return {
    runId,
    earlier: undefined,
    resumable: false,
    source: () => source,
    position: () => undefined,
    delivered() {},
    skipped() {},
    failed() {},
    on() {},
    seal: () => 0,
    committed() {},
    deadLetters: { file: undefined, kept: 0, omitted: 0 },
    sync: () => Promise.resolve(),
    end: () => Promise.resolve(),
    keepRecord: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
