import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAppendFile, writeAll } from '../../../../plugins/sinks/files/append-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function openIn(folder: string, name = 'out.txt', resumeAt?: number) {
  return openAppendFile({ path: join(folder, name), runId: 'run1', resumeAt });
}

describe('openAppendFile', () => {
  it('shows nothing under the target until it is published, then all of it', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder);
    await file.append(bytes('one\n'));
    await file.sync();
    await file.append(bytes('two\n'));
    expect(await readdir(folder)).toEqual(['.out.txt.run1.tmp']);
    await file.publish();
    expect(await readdir(folder)).toEqual(['out.txt']);
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  it('keeps all bytes in order, however large or small the pieces are', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder);
    const sizes = [10, 200_000, 60_000, 300_000, 1, 262_144, 262_145, 100_000, 0, 200_000];
    const pieces = sizes.map((size, index) => new Uint8Array(size).fill(65 + index));
    for (const piece of pieces) {
      const borrowed = Uint8Array.from(piece);
      await file.append(borrowed);
      // The bytes are the caller's again.
      borrowed.fill(0);
    }
    await file.overwrite(bytes('start'), 0);
    const whole = Buffer.concat([bytes('start'), Buffer.concat(pieces).subarray(5)]);
    expect(file.size).toBe(whole.length);
    await file.publish();
    expect(whole.equals(await readFile(join(folder, 'out.txt')))).toBe(true);
  });

  it('has all that was appended on the disk after a sync', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder);
    await file.append(bytes('one'));
    await file.sync();
    expect(await readFile(join(folder, '.out.txt.run1.tmp'), 'utf8')).toBe('one');
    await file.discard();
  });

  it('keeps the old file readable until the new one takes its place', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'out.txt'), 'old');
    const file = await openIn(folder);
    await file.append(bytes('new'));
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('old');
    await file.publish();
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('new');
  });

  it('leaves the old file and nothing else when discarded', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'out.txt'), 'old');
    const file = await openIn(folder);
    await file.append(bytes('new'));
    await file.discard();
    expect(await readdir(folder)).toEqual(['out.txt']);
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('old');
  });

  it('never appears once it was discarded, even while being published', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder);
    const publishing = file.publish();
    const [published] = await Promise.allSettled([publishing, file.discard()]);
    expect(published.status).toBe('rejected');
    expect(await readdir(folder)).toEqual([]);
  });

  it('makes the folders on the way', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder, 'a/b/out.txt');
    await file.publish();
    expect(existsSync(join(folder, 'a/b/out.txt'))).toBe(true);
  });

  it('is readable by no more people than the file that it replaces', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'out.txt'), 'old');
    await chmod(join(folder, 'out.txt'), 0o600);
    const file = await openIn(folder);
    await file.publish();
    expect((await stat(join(folder, 'out.txt'))).mode & 0o777).toBe(0o600);
  });

  it('refuses a folder, a link and a device as target, each in plain words', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'dir'));
    await symlink('/etc/passwd', join(folder, 'link'));
    await expect(openIn(folder, 'dir')).rejects.toMatchObject({
      code: 'sink_failed',
      message: `${folder}/dir is a folder`,
    });
    await expect(openIn(folder, 'link')).rejects.toThrow(`${folder}/link is a symbolic link`);
    await expect(openIn('/dev', 'full')).rejects.toThrow('/dev/full is not a regular file');
  });

  it('does not follow a link that stands in the place of the temporary file', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'precious'), 'precious');
    await symlink(join(folder, 'precious'), join(folder, '.out.txt.run1.tmp'));
    await expect(openIn(folder)).rejects.toThrow(/symbolic links/);
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious');
  });

  it('names the path when a folder on the way is a file', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(openIn(folder, 'file/out.txt')).rejects.toMatchObject({
      code: 'sink_failed',
      message: expect.stringMatching(/while opening .*\/file\/out\.txt$/) as unknown,
    });
  });

  it('refuses a target that is being written already, also by another way to it, and frees it afterwards', async () => {
    const folder = await temporaryFolder();
    const first = await openIn(folder);
    await symlink(folder, join(folder, 'round'));
    await expect(openIn(folder, 'round/out.txt')).rejects.toThrow('another sink of this process is writing');
    await first.discard();
    const second = await openIn(folder);
    await second.publish();
    await (await openIn(folder)).discard();
  });

  it('goes back to the committed length on a resume', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.out.txt.run1.tmp'), 'kept|lost');
    const file = await openIn(folder, 'out.txt', 4);
    expect(file.size).toBe(4);
    await file.append(bytes('!'));
    await file.publish();
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('kept!');
  });

  it('refuses to resume where committed bytes are missing, or the whole file', async () => {
    const folder = await temporaryFolder();
    await expect(openIn(folder, 'out.txt', 4)).rejects.toThrow('no such file or directory while opening');
    await writeFile(join(folder, '.out.txt.run1.tmp'), 'abc');
    await expect(openIn(folder, 'out.txt', 4)).rejects.toThrow('holds 3 bytes where 4 were committed');
  });

  it('fails in plain words when its folder is removed meanwhile', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder, 'sub/out.txt');
    await file.append(bytes('x'));
    await rm(join(folder, 'sub'), { recursive: true });
    await expect(file.publish()).rejects.toMatchObject({
      code: 'sink_failed',
      message: `no such file or directory while writing ${folder}/sub/out.txt`,
    });
    await file.discard();
  });
});

describe('writeAll', () => {
  it('goes on until all is written when the system takes only parts', async () => {
    const written: [string, number][] = [];
    const handle = {
      write: async (buffer: Uint8Array, offset: number, length: number, at: number) => {
        const bytesWritten = Math.min(3, length);
        written.push([new TextDecoder().decode(buffer.subarray(offset, offset + bytesWritten)), at]);
        return { bytesWritten, buffer };
      },
    };
    await writeAll(handle as never, bytes('abcdefgh'), 10);
    expect(written).toEqual([
      ['abc', 10],
      ['def', 13],
      ['gh', 16],
    ]);
  });

  it('fails rather than loops when nothing is taken', async () => {
    const handle = { write: async (buffer: Uint8Array) => ({ bytesWritten: 0, buffer }) };
    await expect(writeAll(handle as never, bytes('a'), 0)).rejects.toThrow('takes no more bytes');
  });

  it.skipIf(!existsSync('/dev/full'))('passes on a full disk', async () => {
    const handle = await open('/dev/full', 'w');
    await expect(writeAll(handle, bytes('a'), 0)).rejects.toMatchObject({ code: 'ENOSPC' });
    await handle.close();
  });
});
