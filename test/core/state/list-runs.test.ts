import { describe, expect, it } from 'vitest';
import { listRuns } from '../../../core/state/list-runs.ts';
import { fakeDisk } from '../../support/fake-disk.ts';
import { committedEpoch, runLine, stateDir, writeJournal } from '../../support/journal-files.ts';

const ten = { figures: { n: { records: 10 } } };

describe('the list of runs', () => {
  it('says how each stands, newest first', async () => {
    const disk = fakeDisk();
    await writeJournal(disk, 'a', [
      runLine('a'),
      ...committedEpoch(1, ten),
      { type: 'end', at: 0, ending: 'complete', records: 10 },
    ]);
    await writeJournal(disk, 'b', [
      runLine('b'),
      ...committedEpoch(1, ten),
      { type: 'end', at: 0, ending: 'partial', records: 10 },
    ]);
    await writeJournal(disk, 'c', [runLine('c'), { type: 'end', at: 0, ending: 'deadline', records: 0 }]);
    await writeJournal(disk, 'd', [runLine('d', { config: null }), { type: 'life', life: 3, at: 0, epoch: 0 }]);
    const runs = await listRuns(stateDir, disk);
    expect(runs).toMatchObject([
      { id: 'd', state: 'stopped', lives: 3, config: null, resumable: 'yes', startedAt: '2026-01-31T12:00:00.000Z' },
      { id: 'c', state: 'deadline', records: 0, resumable: 'by id' },
      { id: 'b', state: 'partial', records: 10, resumable: 'by id' },
      { id: 'a', state: 'complete', records: 10, resumable: 'no', lives: 1, sources: ['shop'], sinks: ['file'] },
    ]);
  });

  it('takes up without an id the last run of each config alone', async () => {
    const disk = fakeDisk();
    const other = { fingerprint: { sources: 'others' } };
    await writeJournal(disk, 'a', [runLine('a', other)]);
    await writeJournal(disk, 'b', [runLine('b', other)]);
    await writeJournal(disk, 'c', [runLine('c')]);
    await writeJournal(disk, 'd', [runLine('d'), { type: 'end', at: 0, ending: 'complete', records: 0 }]);
    expect((await listRuns(stateDir, disk)).map(({ id, resumable }) => `${id} ${resumable}`)).toEqual([
      'd no',
      'c by id',
      'b yes',
      'a by id',
    ]);
  });

  it('counts of a stopped run what every sink has committed', async () => {
    const disk = fakeDisk();
    const [, , letters] = committedEpoch(3);
    const [epoch, file] = committedEpoch(3, ten);
    if (epoch === undefined || file === undefined || letters === undefined) throw new Error('an epoch has three lines');
    await writeJournal(disk, 'a', [runLine('a'), ...committedEpoch(1, ten), ...committedEpoch(2, ten), epoch, file]);
    expect(await listRuns(stateDir, disk)).toMatchObject([{ records: 20 }]);
  });

  it('names a damaged journal, passes over what is no run, and knows no folder', async () => {
    const disk = fakeDisk();
    expect(await listRuns(stateDir, disk)).toEqual([]);
    const path = await writeJournal(disk, 'a', [runLine('a'), ...committedEpoch(1)]);
    const whole = disk.contents(path)?.toString() ?? '';
    await disk.remove(path);
    await (await disk.append(path)).append(Buffer.from(whole.replace('"epoch":1', '"epoch":7')));
    await disk.makeFolder(`${stateDir}/runs/b`);
    await writeJournal(disk, 'c', []);
    expect(await listRuns(stateDir, disk)).toMatchObject([{ id: 'a', state: 'damaged', resumable: 'no' }]);
  });
});
