import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SinkPlugin, SinkWriter } from '../../../core/contracts/sink.ts';
import jsonFile from '../../../plugins/sinks/json-file/index.ts';
import ndjson from '../../../plugins/sinks/ndjson/index.ts';
import { disk } from '../../support/faulty-disk.ts';
import { batchOf, records, reportOf, sinkContext } from '../../support/sinks.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

vi.mock('node:fs/promises', async (load) => {
  const { faultyDisk } = await import('../../support/faulty-disk.ts');
  return faultyDisk(await load());
});
afterEach(() => disk.heal());

const options = { path: 'sub/out.txt' };
const writeOne = async (sink: SinkWriter): Promise<unknown> => {
  await sink.write(batchOf(...records(0, 1)));
  return sink.commit();
};
const close = (sink: SinkWriter): Promise<void> => sink.close(reportOf());

describe.each<[string, SinkPlugin<{ path: string }>]>([
  ['json-file', jsonFile],
  ['ndjson', ndjson],
])('%s', (_name, plugin) => {
  it.each<[string, Parameters<typeof disk.fail>, typeof writeOne, RegExp]>([
    ['full, writing', ['write', 'ENOSPC'], writeOne, /^no space left on device while writing .*: make room there$/],
    ['full, at a commit', ['datasync', 'ENOSPC'], writeOne, /^no space left on device while writing .*: make room/],
    ['full, closing', ['sync', 'ENOSPC'], close, /^no space left on device while writing .*: make room there$/],
    ['over quota', ['write', 'EDQUOT'], writeOne, /writing .*: make room there, or have the quota raised$/],
    ['failing', ['datasync', 'EIO'], writeOne, /^i\/o error while writing /],
    ['forbidden, closing', ['rename', 'EACCES'], close, /^permission denied while writing .*: the user that runs this/],
    ['read-only by now', ['rename', 'EROFS'], close, /^read-only file system while writing .*: choose a path/],
  ])(
    'says what is wrong with a disk that is %s, in which file, and what helps',
    async (_, [change, code], act, words) => {
      const folder = await temporaryFolder();
      const sink = await plugin.open(sinkContext(folder, { resumable: true }), options);
      disk.fail(change, code);
      const failed = act(sink);
      await expect(failed).rejects.toMatchObject({ code: 'sink_failed', cause: { code } });
      await expect(failed).rejects.toThrow(words);
      await expect(failed).rejects.toThrow(join(folder, 'sub/out.txt'));
      await sink.abort();
      expect(await readdir(join(folder, 'sub'))).toEqual([]);
    },
  );

  it.each<[string, Parameters<typeof disk.fail>, RegExp]>([
    ['a folder that may not be made', ['mkdir', 'EACCES'], /^permission denied while opening .*out\.txt: the user/],
    ['a file that may not be made', ['open', 'EPERM'], /^operation not permitted while opening .*tmp: the user that/],
    ['a file system that is read-only', ['open', 'EROFS'], /^read-only file system while opening .*: choose a path/],
  ])('says so of %s, and can be opened once it is put right', async (_, [change, code], words) => {
    const folder = await temporaryFolder();
    disk.fail(change, code);
    const opening = plugin.open(sinkContext(folder), options);
    await expect(opening).rejects.toThrow(words);
    await expect(opening).rejects.toMatchObject({ code: 'sink_failed', cause: { code } });
    await disk.heal();
    const sink = await plugin.open(sinkContext(folder), options);
    await sink.abort();
  });

  it('goes on from what was committed once there is room again', async () => {
    const folder = await temporaryFolder();
    const context = sinkContext(folder, { resumable: true });
    const sink = await plugin.open(context, options);
    const position = (await writeOne(sink)) as never;
    disk.fail('write', 'ENOSPC');
    await expect(close(sink).then(() => writeOne(sink))).rejects.toMatchObject({ code: 'sink_failed' });
    await sink.abort();
    await disk.heal();
    await close(await plugin.open(context, options, position));
    expect(await readdir(join(folder, 'sub'))).toEqual(['out.txt']);
  });

  it('fails at the next commit, not only at its end, when its folder was removed', async () => {
    const folder = await temporaryFolder();
    const sink = await plugin.open(sinkContext(folder), options);
    await writeOne(sink);
    await rm(join(folder, 'sub'), { recursive: true });
    await expect(writeOne(sink)).rejects.toThrow(
      `no such file or directory while writing ${folder}/sub/out.txt: its folder, or the unfinished file in it, was removed`,
    );
    await sink.abort();
    expect(await readdir(folder)).toEqual([]);
  });

  it('fails at its end when a folder stands in the place of the target by then, and harms it not', async () => {
    const folder = await temporaryFolder();
    const sink = await plugin.open(sinkContext(folder), options);
    await mkdir(join(folder, 'sub/out.txt'));
    await writeFile(join(folder, 'sub/out.txt/theirs'), '');
    await expect(close(sink)).rejects.toThrow(
      `illegal operation on a directory while writing ${folder}/sub/out.txt: a folder stands in its place`,
    );
    await sink.abort();
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
      'sub',
      'sub/out.txt',
      'sub/out.txt/theirs',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)(
    'says who must be allowed to write, on a real folder that is closed to it',
    async () => {
      const folder = await temporaryFolder();
      await chmod(folder, 0o500);
      await expect(plugin.open(sinkContext(folder), options)).rejects.toThrow(/permission denied while opening/);
      await chmod(folder, 0o700);
    },
  );

  it('writes nowhere but in the folder of its path, whatever sources and runs are called', async () => {
    const folder = await temporaryFolder();
    const context = sinkContext(folder, { sources: ['../../steered', '/steered'], name: '../steered' });
    await close(await plugin.open(context, options));
    await expect(plugin.open({ ...context, runId: '../../steered' }, options)).rejects.toMatchObject({
      code: 'sink_failed',
    });
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['sub', 'sub/out.txt']);
  });
});
