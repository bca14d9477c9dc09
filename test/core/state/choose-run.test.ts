import { describe, expect, it } from 'vitest';
import type { RunEnding } from '../../../core/contracts/journal.ts';
import { chooseRun, type ResumeRequest } from '../../../core/state/choose-run.ts';
import type { Fingerprint } from '../../../core/state/fingerprint.ts';
import type { JournalLine } from '../../../core/state/lines.ts';
import { fakeDisk } from '../../support/fake-disk.ts';
import { committedEpoch, runLine, stateDir, writeJournal } from '../../support/journal-files.ts';

const state = { dir: stateDir, keepRuns: 10, fsyncMs: 0, maxDeadLetterBytes: 0, maxCacheBytes: 0 };
const { fingerprint } = runLine('x');
const end = (ending: RunEnding): JournalLine => ({ type: 'end', at: 0, ending, records: 0 });

/** Journals by run id: how each ended, and what differs in its fingerprint. */
type Runs = Readonly<Record<string, { readonly ending?: RunEnding; readonly changed?: Fingerprint }>>;

async function choose(runs: Runs, resume: ResumeRequest = { kind: 'last' }) {
  const disk = fakeDisk();
  for (const [id, { ending, changed }] of Object.entries(runs)) {
    const run = runLine(id, { fingerprint: { ...fingerprint, ...changed } });
    await writeJournal(disk, id, [run, ...committedEpoch(1), ...(ending === undefined ? [] : [end(ending)])]);
  }
  const warnings: string[] = [];
  const chosen = await chooseRun({ disk, state, fingerprint, resume, warn: (text) => void warnings.push(text) });
  return { id: chosen?.run.id, warnings };
}

const run = (runId: string): ResumeRequest => ({ kind: 'run', runId });
const retry = (runId: string): ResumeRequest => ({ kind: 'retry-failed', runId });
const refused = (message: string) => ({ code: 'run_not_resumable', message: expect.stringContaining(message) });

describe('which run goes on, without an id', () => {
  it.each([undefined, 'interrupted', 'deadline'] as const)('is the last one, that was stopped: %s', async (ending) => {
    expect((await choose({ a: { ending: 'complete' }, b: ending === undefined ? {} : { ending } })).id).toBe('b');
  });

  it.each(['complete', 'partial', 'failed'] as const)('is none where the last one has ended: %s', async (ending) => {
    expect(await choose({ a: {}, b: { ending } })).toEqual({ id: undefined, warnings: [] });
  });

  it('is none where there are no runs', async () => expect((await choose({})).id).toBeUndefined());

  it('passes over runs of another config, and says so of those that were stopped', async () => {
    const { id, warnings } = await choose({
      a: {},
      b: { changed: { sources: 'other' }, ending: 'complete' },
      c: { changed: { sources: 'other' } },
    });
    expect(id).toBe('a');
    expect(warnings).toEqual([expect.stringMatching(/^run c was stopped and is not taken up: .*\(sources\)/)]);
  });
});

describe('a journal that can not be read', () => {
  it('makes a new run begin, with a warning, and takes up nothing that is older', async () => {
    const disk = fakeDisk();
    await writeJournal(disk, 'a', [runLine('a')]);
    await writeJournal(disk, 'b', [runLine('b', { version: 99 })]);
    const warnings: string[] = [];
    const warn = (text: string): void => void warnings.push(text);
    expect(await chooseRun({ disk, state, fingerprint, resume: { kind: 'last' }, warn })).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/^run b is not taken up, a new one begins: .*format 99/)]);
  });
});

describe('a run that is named', () => {
  it('goes on where it was stopped or has ended in part', async () => {
    expect((await choose({ a: {}, b: {} }, run('a'))).id).toBe('a');
    expect((await choose({ a: { ending: 'partial' } }, run('a'))).id).toBe('a');
    expect((await choose({ a: { ending: 'failed' } }, run('a'))).id).toBe('a');
  });

  it('is refused where it is not there, with the ids that are', async () => {
    await expect(choose({ a: {}, b: {} }, run('nope'))).rejects.toMatchObject({
      code: 'run_not_found',
      message: expect.stringContaining('b, a'),
    });
    await expect(choose({}, run('../etc'))).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('is refused where it is complete', async () => {
    await expect(choose({ a: { ending: 'complete' } }, run('a'))).rejects.toMatchObject(refused('nothing is left'));
  });

  it('is refused where the config has changed, with what did', async () => {
    const changed = { 'source shop: plugin': 'other' };
    await expect(choose({ a: { changed } }, run('a'))).rejects.toMatchObject(refused('source shop: plugin'));
  });

  it('is retried after it has ended, with another plugin or model too', async () => {
    const changed = { 'source shop: plugin': 'other', model: 'other' };
    expect((await choose({ a: { ending: 'partial', changed } }, retry('a'))).id).toBe('a');
    expect((await choose({ a: { ending: 'complete', changed } }, retry('a'))).id).toBe('a');
  });

  it('is not retried where it was stopped, or another part of the config has changed', async () => {
    await expect(choose({ a: {} }, retry('a'))).rejects.toMatchObject(refused('--resume a'));
    await expect(choose({ a: { ending: 'deadline' } }, retry('a'))).rejects.toMatchObject(refused('--resume a'));
    const changed = { sources: 'other' };
    await expect(choose({ a: { ending: 'partial', changed } }, retry('a'))).rejects.toMatchObject(refused('sources'));
  });

  it('is refused where its journal is of another version', async () => {
    const disk = fakeDisk();
    await writeJournal(disk, 'a', [runLine('a', { version: 99 })]);
    const chosen = chooseRun({ disk, state, fingerprint, resume: run('a'), warn: () => undefined });
    await expect(chosen).rejects.toMatchObject(refused('format 99'));
  });
});
