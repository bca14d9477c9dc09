import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forgetFile } from '../../../../plugins/sinks/files/forget-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('forgetFile', () => {
  it("removes a run's unfinished file and half copy, and nothing else, as often as it is asked", async () => {
    const folder = await temporaryFolder();
    const kept = ['.out.txt.run2.tmp', '.other.txt.run1.tmp', 'out.txt'];
    for (const name of [...kept, '.out.txt.run1.tmp', '.out.txt.run1.copy']) await writeFile(join(folder, name), name);
    const file = { path: join(folder, 'out.txt'), runId: 'run1' };
    await forgetFile(file);
    await forgetFile(file);
    expect((await readdir(folder)).toSorted()).toEqual(kept.toSorted());
  });

  it('has nothing to do where the folder is gone, or was never made', async () => {
    const folder = await temporaryFolder();
    await expect(forgetFile({ path: join(folder, 'a/b/out.txt'), runId: 'run1' })).resolves.toBeUndefined();
  });

  it('removes a link, not what it leads to', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'precious'), 'precious');
    await symlink(join(folder, 'precious'), join(folder, '.out.txt.run1.tmp'));
    await forgetFile({ path: join(folder, 'out.txt'), runId: 'run1' });
    expect(await readdir(folder)).toEqual(['precious']);
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious');
  });

  it('refuses a run id that leads out of the folder, and a folder in the place of the file', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, '.out.txt.run1.tmp'));
    await writeFile(join(folder, '.out.txt.run1.tmp/inside'), '');
    const path = join(folder, 'out.txt');
    await expect(forgetFile({ path, runId: '../x' })).rejects.toMatchObject({ code: 'sink_failed' });
    await expect(forgetFile({ path, runId: 'run1' })).rejects.toMatchObject({ code: 'sink_failed' });
    expect(await readdir(folder, { recursive: true })).toHaveLength(2);
  });
});
