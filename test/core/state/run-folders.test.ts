import { describe, expect, it } from 'vitest';
import { listRunIds, runFolder } from '../../../core/state/run-folders.ts';
import { fakeDisk } from '../../support/fake-disk.ts';

describe('run folders', () => {
  it('lists ids newest first, and nothing that is none', async () => {
    const disk = fakeDisk();
    for (const name of [
      '20260131T120000-aaaaaa',
      '20260201T000000-000000',
      '20251231T235959-ffffff',
      '.hidden',
      'a b',
    ]) {
      await disk.makeFolder(`/state/runs/${name}`);
    }
    const ids = ['20260201T000000-000000', '20260131T120000-aaaaaa', '20251231T235959-ffffff'];
    expect(await listRunIds(disk, '/state')).toEqual(ids);
  });

  it('lists nothing where there is no state', async () => {
    expect(await listRunIds(fakeDisk(), '/state')).toEqual([]);
  });

  it('gives a run a folder of its own', () => {
    expect(runFolder('/state', '20260131T120000-4fa2c1')).toBe('/state/runs/20260131T120000-4fa2c1');
  });

  it.each(['', '.', '..', '../x', 'a/b', 'a\\b', 'a\0b', '-rf', 'a\n', 'é', 'x'.repeat(101)])(
    'refuses %j as an id',
    (runId) => {
      expect(() => runFolder('/state', runId)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
    },
  );
});
