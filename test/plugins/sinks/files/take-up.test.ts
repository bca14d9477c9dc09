import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openAppendFile } from '../../../../plugins/sinks/files/append-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const temporary = '.out.txt.run1.tmp';
const position = { bytes: 4, tail: crc32('kept') };

/** Takes up a file of which `kept` was committed; nothing of it may be written over but its first bytes. */
async function takeUpIn(folder: string, change: { readonly fixedFrom?: number; readonly bytes?: number } = {}) {
  const { fixedFrom = 0, bytes = 4 } = change;
  const path = join(folder, 'out.txt');
  return openAppendFile({ path, runId: 'run1', resumable: true, fixedFrom, position: { ...position, bytes } });
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe('openAppendFile, at a position', () => {
  it('goes back to the committed length', async () => {
    const folder = await folderWith({ [temporary]: 'kept|lost' });
    const file = await takeUpIn(folder);
    expect(file.size).toBe(4);
    await file.append(Buffer.from('!'));
    await file.publish();
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('kept!');
  });

  it('takes up a published file by a copy, and its readers keep what they had until the end', async () => {
    const folder = await folderWith({ 'out.txt': 'kept and published' });
    const file = await takeUpIn(folder);
    await file.append(Buffer.from('!'));
    await file.commit();
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('kept and published');
    expect((await readdir(folder)).toSorted()).toEqual([temporary, 'out.txt']);
    await file.publish();
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('kept!');
    expect(await readdir(folder)).toEqual(['out.txt']);
  });

  it('prefers the unfinished file to the target, which another run may have written', async () => {
    const folder = await folderWith({ [temporary]: 'kept|lost', 'out.txt': "another run's" });
    const file = await takeUpIn(folder);
    await file.publish();
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('kept');
  });

  it('starts the copy again where an earlier one was cut short, and follows no link that stands in its place', async () => {
    const folder = await folderWith({ 'out.txt': 'kept and published', precious: 'precious' });
    await symlink(join(folder, 'precious'), join(folder, '.out.txt.run1.copy'));
    const file = await takeUpIn(folder);
    await file.publish();
    expect((await readdir(folder)).toSorted()).toEqual(['out.txt', 'precious']);
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious');
  });

  it('leaves bytes that may be written over out of the comparison', async () => {
    const folder = await folderWith({ [temporary]: '***kept|lost' });
    await expect(takeUpIn(folder, { bytes: 7 })).rejects.toThrow('is not what was committed');
    const file = await takeUpIn(folder, { fixedFrom: 3, bytes: 7 });
    await file.abort();
  });

  it.each([
    ['too short', 'kep', 'it holds 3 bytes where 4 were committed'],
    ['changed', 'kEpt and more', 'what stands before its byte 4 is not what was committed'],
  ])('refuses what is not as the run left it, %s, and changes nothing', async (_, text, reason) => {
    for (const name of [temporary, 'out.txt']) {
      const folder = await folderWith({ [name]: text });
      const refused = {
        code: 'sink_failed',
        message: expect.stringContaining(`${reason}; start a new run`) as unknown,
      };
      await expect(takeUpIn(folder)).rejects.toMatchObject(refused);
      expect(await readFile(join(folder, name), 'utf8')).toBe(text);
      expect(await readdir(folder)).toEqual([name]);
      // It can be used again.
      await writeFile(join(folder, name), 'kept');
      await (await takeUpIn(folder)).abort();
    }
  });

  it('says that the output is gone where neither file is there, and where another run replaced it', async () => {
    const folder = await temporaryFolder();
    await expect(takeUpIn(folder)).rejects.toThrow(
      `the output of that run is gone, ${folder}/out.txt is not there; start a new run`,
    );
    await writeFile(join(folder, 'out.txt'), "another run's");
    await expect(takeUpIn(folder)).rejects.toThrow(
      `the output of that run is gone, ${folder}/out.txt was changed or replaced by another run: what`,
    );
  });

  it('makes the folder anew and says that the output is gone, where the folder is', async () => {
    const folder = await temporaryFolder();
    await rm(folder, { recursive: true });
    await expect(takeUpIn(folder)).rejects.toThrow('the output of that run is gone');
  });

  it('keeps the file when it is given up: the position still stands', async () => {
    const folder = await folderWith({ 'out.txt': 'kept and published' });
    const file = await takeUpIn(folder);
    await file.append(Buffer.from('lost'));
    await file.abort();
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('kept and published');
    await (await takeUpIn(folder)).publish();
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('kept');
  });

  it('gives a copy no more permissions than its target has', async () => {
    const folder = await folderWith({ 'out.txt': 'kept' });
    await chmod(join(folder, 'out.txt'), 0o700);
    const file = await takeUpIn(folder);
    expect((await stat(join(folder, temporary))).mode & 0o777).toBe(0o600);
    await file.abort();
  });

  it('follows no link and opens no folder in the place of the unfinished file', async () => {
    const folder = await folderWith({ precious: 'kept and precious' });
    await symlink(join(folder, 'precious'), join(folder, temporary));
    await expect(takeUpIn(folder)).rejects.toThrow(/symbolic links .*: a link stands in its place; remove it$/);
    await rm(join(folder, temporary));
    await mkdir(join(folder, temporary));
    await expect(takeUpIn(folder)).rejects.toThrow(/a folder stands in its place/);
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('kept and precious');
  });
});
