import { describe, expect, it } from 'vitest';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeDisk } from '../../../core/state/disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function bytesOf(path: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of nodeDisk.read(path)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe('nodeDisk', () => {
  it('makes files and folders for their owner alone', async () => {
    const folder = join(await temporaryFolder(), 'a/b/c');
    await nodeDisk.makeFolder(folder);
    await nodeDisk.makeFolder(folder);
    await (await nodeDisk.append(join(folder, 'file'))).close();
    const modes = [folder, join(folder, '..'), join(folder, 'file')].map(
      async (path) => (await stat(path)).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o700, 0o700, 0o600]);
  });

  it('appends behind what is there, and behind a cut', async () => {
    const path = join(await temporaryFolder(), 'file');
    await writeFile(path, 'one');
    const file = await nodeDisk.append(path);
    expect(file.size).toBe(3);
    await file.append(Buffer.from('two'));
    await file.truncate(4);
    await file.append(Buffer.from('!'));
    await file.sync();
    expect(file.size).toBe(5);
    await file.close();
    expect(await bytesOf(path)).toBe('onet!');
  });

  it('reads a file of many pieces, each its own bytes', async () => {
    const path = join(await temporaryFolder(), 'file');
    const text = Array.from({ length: 200_000 }, (_, index) => index).join(' ');
    await writeFile(path, text);
    expect(await bytesOf(path)).toBe(text);
  });

  it('follows no symbolic link', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'elsewhere'), 'kept');
    await symlink(join(folder, 'elsewhere'), join(folder, 'link'));
    await expect(nodeDisk.append(join(folder, 'link'))).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(bytesOf(join(folder, 'link'))).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await readFile(join(folder, 'elsewhere'), 'utf8')).toBe('kept');
  });

  it('tells ENOENT of a file that is not there, and lists nothing of a folder that is not there', async () => {
    const folder = await temporaryFolder();
    await expect(bytesOf(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await nodeDisk.list(join(folder, 'none'))).toEqual([]);
  });

  it('renames over a file, and removes files, folders and nothing', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'deep/er'), { recursive: true });
    await writeFile(join(folder, 'deep/er/file'), '');
    await writeFile(join(folder, 'from'), 'new');
    await writeFile(join(folder, 'to'), 'old');
    await nodeDisk.rename(join(folder, 'from'), join(folder, 'to'));
    expect(await bytesOf(join(folder, 'to'))).toBe('new');
    await nodeDisk.remove(join(folder, 'deep'));
    await nodeDisk.remove(join(folder, 'deep'));
    expect(await nodeDisk.list(folder)).toEqual(['to']);
  });
});
