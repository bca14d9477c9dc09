import { existsSync, statSync } from 'node:fs';
import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SinkPlugin, SinkPosition, SinkWriter } from '../../../core/contracts/sink.ts';
import csv from '../../../plugins/sinks/csv/index.ts';
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

const path = 'out.txt';
const temporary = '.out.txt.run1.tmp';
/** Pages of records: within the bytes that are checked, beyond them, and larger than the sink's buffer. */
const pages = [records(0, 2), records(2, 200), records(200, 201), [{ id: 'alpha:201', text: 'x'.repeat(300_000) }]].map(
  (page) => batchOf(...page),
);
/** Wider at each end of the run, so that something of an earlier one would show. */
const report = (life: number) => reportOf({ total_products: 10 ** (9 - life) });

const context = (folder: string) => sinkContext(folder, { resumable: true });
/** What readers see; the long text is told by its length. */
async function output(folder: string): Promise<string> {
  const bytes = await readFile(join(folder, 'out.txt'));
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
  return text.replaceAll(/x{100,}/g, (run) => `${run.length} x`);
}

/** How far a run has got: the pages that it has committed, and where. */
interface Progress {
  done: number;
  position?: SinkPosition;
}

/** Writes the pages that are missing, with a commit behind each. */
async function write(sink: SinkWriter, progress: Progress, keep: (position: SinkPosition) => void = () => undefined) {
  for (let done = progress.done; ; done++) {
    Object.assign(progress, { done, position: await sink.commit() });
    if (progress.position !== undefined) keep(progress.position);
    const page = pages[done];
    if (page === undefined) return;
    await sink.write(page);
  }
}

describe.each<[string, SinkPlugin, object]>([
  ['json-file', jsonFile, { path }],
  ['ndjson', ndjson, { path }],
  ['ndjson, compressed', ndjson, { path, compress: 'gzip' }],
  ['csv', csv, { path, columns: ['id', 'title', 'text'], lineEnding: 'crlf' }],
])('%s', (_name, plugin, options) => {
  /** A whole life of a run, which nothing disturbs. */
  async function live(folder: string, progress: Progress, keep?: (position: SinkPosition) => void): Promise<void> {
    const sink = await plugin.open(context(folder), options, progress.position);
    await write(sink, progress, keep);
    await sink.close(report(2));
  }

  /** A life that is killed after so many changes on the disk; false where it came to its end before. */
  async function liveShort(folder: string, progress: Progress, killAfter: number, half: boolean): Promise<boolean> {
    let sink: SinkWriter | undefined;
    disk.killAfter(killAfter, half);
    try {
      sink = await plugin.open(context(folder), options, progress.position);
      await write(sink, progress);
      await sink.close(report(2));
    } catch {
      // Nothing of this reaches the disk: it ends what the sink holds in this process, as the kill does.
      await sink?.abort().catch(() => undefined);
    }
    const { killed } = disk;
    await disk.heal();
    return killed;
  }

  /** The first life of a run, its file before and after its end, and the positions of all its commits. */
  async function firstLife() {
    const published = await temporaryFolder();
    const unfinished = await temporaryFolder();
    const positions: SinkPosition[] = [];
    const sink = await plugin.open(context(published), options);
    await write(sink, { done: 0 }, (position) => void positions.push(position));
    await cp(published, unfinished, { recursive: true });
    await sink.close(report(1));
    return { published, unfinished, positions };
  }

  /** What is to be there after the last life. */
  async function expectedOutput(): Promise<string> {
    const folder = await temporaryFolder();
    await live(folder, { done: 0 });
    return output(folder);
  }

  it('goes on from each committed position as if nothing had happened, its last page torn', async () => {
    const { unfinished, positions } = await firstLife();
    const expected = await expectedOutput();
    expect(positions).toHaveLength(5);
    for (const [done, position] of positions.entries()) {
      const folder = await temporaryFolder();
      const left = await readFile(join(unfinished, temporary));
      await writeFile(join(folder, temporary), Buffer.concat([left, Buffer.from('{"id":"half of a rec')]));
      await live(folder, { done, position });
      expect(await output(folder)).toBe(expected);
      expect(await readdir(folder)).toEqual(['out.txt']);
    }
  });

  it('goes on from each committed position of a file that was published, and shows it meanwhile', async () => {
    const { published, positions } = await firstLife();
    const expected = await expectedOutput();
    for (const [done, position] of positions.entries()) {
      const { ino } = await stat(join(published, 'out.txt'));
      await live(published, { done, position }, () => expect(statSync(join(published, 'out.txt')).ino).toBe(ino));
      expect(await output(published)).toBe(expected);
      expect(await readdir(published)).toEqual(['out.txt']);
    }
  });

  it.each([false, true])(
    'comes out right wherever it is killed: opening, writing, committing, closing (in the middle of a write: %s)',
    async (half) => {
      const expected = await expectedOutput();
      let killAfter = 0;
      for (let killed = true; killed; killAfter++) {
        const folder = await temporaryFolder();
        const progress: Progress = { done: 0 };
        killed = await liveShort(folder, progress, killAfter, half);
        // Readers see nothing or all of it.
        expect(existsSync(join(folder, 'out.txt')) ? await output(folder) : expected).toBe(expected);
        await live(folder, progress);
        expect(await output(folder), `killed after ${killAfter} changes`).toBe(expected);
      }
      expect(killAfter).toBeGreaterThan(15);
    },
  );

  it(
    'comes out right wherever it is killed while it takes up a published file, twice over',
    { timeout: 60_000 },
    async () => {
      const { published, positions } = await firstLife();
      const first = await output(published);
      const expected = await expectedOutput();
      for (const [done, position] of [...positions.entries()].filter((_, index) => index % 2 === 0)) {
        for (let killAfter = 0, killed = true; killed; killAfter++) {
          const folder = await temporaryFolder();
          await cp(published, folder, { recursive: true });
          const progress: Progress = { done, position };
          killed = await liveShort(folder, progress, killAfter, true);
          await liveShort(folder, progress, killAfter, true);
          // Readers see the old one or the new one, never half of one.
          expect([first, expected].includes(await output(folder))).toBe(true);
          await live(folder, progress);
          expect(await output(folder), `position ${done}, killed after ${killAfter} changes`).toBe(expected);
          expect(await readdir(folder)).toEqual(['out.txt']);
        }
      }
    },
  );

  it('keeps what was committed when it is given up, until it is forgotten', async () => {
    const folder = await temporaryFolder();
    const sink = await plugin.open(context(folder), options);
    await write(sink, { done: 3 });
    await sink.abort();
    expect(await readdir(folder)).toEqual([temporary]);
    await writeFile(join(folder, '.out.txt.run1.copy'), 'half a copy');
    await writeFile(join(folder, '.out.txt.run2.tmp'), "another run's");
    await writeFile(join(folder, 'out.txt'), 'target');
    await plugin.forget?.(context(folder), options);
    await plugin.forget?.(context(folder), options);
    expect((await readdir(folder)).toSorted()).toEqual(['.out.txt.run2.tmp', 'out.txt']);
  });

  it('goes on after it was given up in the middle of a page', async () => {
    const folder = await temporaryFolder();
    const expected = await expectedOutput();
    const sink = await plugin.open(context(folder), options);
    const progress: Progress = { done: 0 };
    for (const life of [1, 2, 3]) {
      const again = life === 1 ? sink : await plugin.open(context(folder), options, progress.position);
      const page = pages[progress.done];
      if (page !== undefined) await again.write(page);
      progress.position = await again.commit();
      progress.done++;
      await again.write(batchOf({ id: 'never committed', life }));
      await again.abort();
    }
    await live(folder, progress);
    expect(await output(folder)).toBe(expected);
  });

  it('removes what it wrote where no resume will come, or nothing was committed', async () => {
    const folder = await temporaryFolder();
    const never = await plugin.open(sinkContext(folder), options);
    await write(never, { done: 0 });
    await never.abort();
    const nothing = await plugin.open(context(folder), options);
    await nothing.abort();
    expect(await readdir(folder)).toEqual([]);
  });
});
