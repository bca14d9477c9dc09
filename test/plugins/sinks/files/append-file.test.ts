import { existsSync } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AppendFileOptions, openAppendFile, writeAll } from '../../../../plugins/sinks/files/append-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function openIn(folder: string, name = 'out.txt', change: Partial<AppendFileOptions> = {}) {
  const path = join(folder, name);
  return openAppendFile({ path, runId: 'run1', resumable: false, fixedFrom: 0, position: undefined, ...change });
}

describe('openAppendFile', () => {
  it('shows nothing under the target until it is published, then all of it', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder);
    await file.append(bytes('one\n'));
    await file.commit();
    await file.append(bytes('two\n'));
    expect(await readdir(folder)).toEqual(['.out.txt.run1.tmp']);
    await file.publish();
    expect(await readdir(folder)).toEqual(['out.txt']);
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  it('keeps all bytes in order, however large or small the pieces are', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder);
    const sizes = [10, 200_000, 60_000, 300_000, 1, 524_288, 524_289, 100_000, 0, 200_000, 500_000];
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

  it('has all that was appended on the disk after a commit', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder);
    await file.append(bytes('one'));
    await file.commit();
    expect(await readFile(join(folder, '.out.txt.run1.tmp'), 'utf8')).toBe('one');
    await file.abort();
  });

  it('tells of a write that failed while the next bytes were gathered, and goes on failing', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder);
    const handle = await open(join(folder, 'other'), 'w');
    const handles = Object.getPrototypeOf(handle) as Pick<FileHandle, 'write'>;
    await handle.close();
    const write = vi.spyOn(handles, 'write').mockRejectedValueOnce(new Error('ENOSPC: no space left on device'));
    onTestFinished(() => write.mockRestore());
    const piece = new Uint8Array(400 * 1024);
    await file.append(piece);
    // The first one is being written from here on, and nobody waits for that.
    await file.append(piece);
    await expect(file.commit()).rejects.toMatchObject({ code: 'sink_failed' });
    expect(write).toHaveBeenCalledTimes(1);
    await expect(file.publish()).rejects.toMatchObject({ code: 'sink_failed' });
    await file.abort();
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

  it('leaves the old file and nothing else when given up', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'out.txt'), 'old');
    const file = await openIn(folder);
    await file.append(bytes('new'));
    await file.abort();
    expect(await readdir(folder)).toEqual(['out.txt']);
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toBe('old');
  });

  it('never appears once it was given up, even while being published', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder);
    const publishing = file.publish();
    const [published] = await Promise.allSettled([publishing, file.abort()]);
    expect(published.status).toBe('rejected');
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not appear either where what was committed stays', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder, 'out.txt', { resumable: true });
    await file.commit();
    const publishing = file.publish();
    const [published] = await Promise.allSettled([publishing, file.abort()]);
    expect(published).toMatchObject({ status: 'rejected', reason: { code: 'sink_failed' } });
    expect(await readdir(folder)).toEqual(['.out.txt.run1.tmp']);
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
    for (const name of ['file/out.txt', 'file/deeper/out.txt']) {
      await expect(openIn(folder, name)).rejects.toMatchObject({
        code: 'sink_failed',
        message: expect.stringMatching(
          /while opening .*\/out\.txt: a file stands in the place of a folder of its path; /,
        ),
      });
    }
  });

  it('refuses a target that is being written already, also by another way to it, and frees it afterwards', async () => {
    const folder = await temporaryFolder();
    const first = await openIn(folder);
    await symlink(folder, join(folder, 'round'));
    await expect(openIn(folder, 'round/out.txt')).rejects.toThrow('another sink of this process is writing');
    await first.abort();
    const second = await openIn(folder);
    await second.publish();
    await (await openIn(folder)).abort();
  });

  it('says where it is by its length and the checksum of its last 4 KiB, but for what may be written over', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder, 'out.txt', { fixedFrom: 3 });
    expect(await file.commit()).toEqual({ bytes: 0, tail: 0 });
    await file.append(bytes('***one'));
    expect(await file.commit()).toEqual({ bytes: 6, tail: crc32('one') });
    await file.overwrite(bytes('###'), 0);
    expect(await file.commit()).toEqual({ bytes: 6, tail: crc32('one') });
    await file.append(bytes('x'.repeat(5000)));
    expect(await file.commit()).toEqual({ bytes: 5006, tail: crc32('x'.repeat(4096)) });
    await file.abort();
  });

  it('keeps what was committed when it is given up, where the run may be taken up again', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder, 'out.txt', { resumable: true });
    await file.append(bytes('one'));
    await file.commit();
    await file.abort();
    expect(await readdir(folder)).toEqual(['.out.txt.run1.tmp']);
    await (await openIn(folder)).abort();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is readable by everybody, as far as the process allows, and written by its owner alone', async () => {
    const folder = await temporaryFolder();
    await (await openIn(folder)).publish();
    expect((await stat(join(folder, 'out.txt'))).mode & 0o777).toBe(0o644 & ~process.umask());
  });

  it.each(['../../out', 'a/b', '..', '', 'nul\0'])(
    'refuses the run id %j: it could lead to another folder',
    async (runId) => {
      const folder = await temporaryFolder();
      await mkdir(join(folder, 'sub'));
      await expect(openIn(join(folder, 'sub'), 'out.txt', { runId })).rejects.toThrow("can't be part of a file's name");
      expect(await readdir(folder, { recursive: true })).toEqual(['sub']);
    },
  );

  it('fails in plain words when its folder is removed meanwhile', async () => {
    const folder = await temporaryFolder();
    const file = await openIn(folder, 'sub/out.txt');
    await file.append(bytes('x'));
    await rm(join(folder, 'sub'), { recursive: true });
    await expect(file.publish()).rejects.toMatchObject({
      code: 'sink_failed',
      message: `no such file or directory while writing ${folder}/sub/out.txt: its folder, or the unfinished file in it, was removed meanwhile`,
    });
    await file.abort();
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
