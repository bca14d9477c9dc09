import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../core/make-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('makeFolder', () => {
  it('makes what is missing and says what that was', async () => {
    const base = await temporaryFolder();
    const path = join(base, 'a', 'b', 'c');
    expect(await makeFolder(path, 0o700)).toEqual([path, join(base, 'a', 'b'), join(base, 'a')]);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(await makeFolder(path)).toEqual([]);
    expect(await makeFolder(join(path, 'd'))).toEqual([join(path, 'd')]);
  });

  it('refuses a path through a file', async () => {
    const base = await temporaryFolder();
    await writeFile(join(base, 'file'), '');
    await expect(makeFolder(join(base, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(base, 'file', 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.skipIf(!existsSync('/proc/self'))('does not hang where no folder can be made', async () => {
    await expect(makeFolder('/proc/sluice/a')).rejects.toThrow('/proc/sluice');
  });
});
