import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../../core/contracts/batch.ts';
import csv from '../../../../plugins/sinks/csv/index.ts';
import { batchOf, kill, reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const options = { path: 'out/{source}-{date}.csv', columns: ['id'], lineEnding: 'lf' } as const;
const contextOf = (folder: string) => sinkContext(folder, { resumable: true });
const batch = (source: string, ...ids: number[]): Batch => ({
  ...batchOf(...ids.map((id) => ({ id: `${source}:${id}` }))),
  source,
});
const textOf = (folder: string, source: string): Promise<string> =>
  readFile(join(folder, `out/${source}-2026-01-01.csv`), 'utf8');

describe('a sink with a file for each source', () => {
  it('writes each source to its own, and an empty one for a source without records', async () => {
    const folder = await temporaryFolder();
    const sink = await csv.open(contextOf(folder), options);
    await sink.write(batch('alpha', 1));
    await sink.write(batch('alpha', 2));
    await sink.close(reportOf());
    expect(await textOf(folder, 'alpha')).toBe('id\nalpha:1\nalpha:2\n');
    expect(await textOf(folder, 'beta')).toBe('id\n');
    expect(await readdir(join(folder, 'out'))).toHaveLength(2);
  });

  it('goes on in each of them from any commit, whether it was published before or not', async () => {
    for (const published of [false, true]) {
      const folder = await temporaryFolder();
      const first = await csv.open(contextOf(folder), options);
      await first.commit();
      await first.write(batch('alpha', 1));
      const position = await first.commit();
      await first.write(batch('beta', 1));
      await first.write(batch('alpha', 2));
      await first.commit();
      if (published) await first.close(reportOf());
      else await kill(first, join(folder, 'out/.alpha-2026-01-01.csv.run1.tmp'));

      const again = await csv.open(contextOf(folder), options, position);
      await again.write(batch('alpha', 3));
      await again.write(batch('beta', 2));
      await again.close(reportOf());
      expect(await textOf(folder, 'alpha')).toBe('id\nalpha:1\nalpha:3\n');
      expect(await textOf(folder, 'beta')).toBe('id\nbeta:2\n');
      expect(await readdir(join(folder, 'out'))).toHaveLength(2);
    }
  });

  it('opens none where one of them can not be opened, and says so when it is only asked', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'out/beta-2026-01-01.csv'), { recursive: true });
    const refusal = {
      code: 'sink_failed',
      message: expect.stringMatching(/beta-2026-01-01\.csv is a folder$/) as unknown,
    };
    await expect(csv.open(contextOf(folder), options)).rejects.toMatchObject(refusal);
    await expect(csv.check?.(contextOf(folder), options)).rejects.toMatchObject(refusal);
    expect(await readdir(join(folder, 'out'))).toEqual(['beta-2026-01-01.csv']);
  });

  it('refuses a second sink on the same files while it is open', async () => {
    const folder = await temporaryFolder();
    const sink = await csv.open(contextOf(folder), options);
    await expect(csv.open(contextOf(folder), options)).rejects.toThrow('another sink of this process is writing');
    await sink.abort();
  });

  it('forgets what a run has left beside each of them', async () => {
    const folder = await temporaryFolder();
    const sink = await csv.open(contextOf(folder), options);
    await sink.write(batch('beta', 1));
    await sink.commit();
    await sink.abort();
    expect(await readdir(join(folder, 'out'))).toHaveLength(2);
    await writeFile(join(folder, 'out/alpha-2026-01-01.csv'), 'of an earlier run');
    await csv.forget?.(contextOf(folder), options);
    expect(await readdir(join(folder, 'out'))).toEqual(['alpha-2026-01-01.csv']);
  });
});
