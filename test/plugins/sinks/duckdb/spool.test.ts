import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SinkPosition, SinkWriter } from '../../../../core/contracts/sink.ts';
import { openDuckWriter } from '../../../../plugins/sinks/duckdb/writer.ts';
import { askDuckDb } from '../../../support/duckdb.ts';
import { disk } from '../../../support/faulty-disk.ts';
import { batchOf, reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { modelOf } from '../table-sinks.ts';

vi.mock('node:fs/promises', async (load) => {
  const { faultyDisk } = await import('../../../support/faulty-disk.ts');
  return faultyDisk(await load());
});
afterEach(() => disk.heal());

const model = modelOf('product', { title: 'string' });
/** So few that the pages below are loaded two or three at a time. */
const loadBytes = 1300;
const sizes = [2, 5, 1, 6, 3, 2, 4, 1];
const contents = sizes.map((size, page) =>
  Array.from({ length: size }, (_, index) => ({
    id: `alpha:${page}-${index}`,
    source: 'alpha',
    source_id: `${page}-${index}`,
    title: 'Ding '.repeat(page + 1),
    processed_at: '2026-01-01T00:00:00.000Z',
  })),
);
const pages = contents.map((page) => batchOf(...page));
const wanted = contents.flat().map(({ id, title }) => [id, title]);

/** Whether the table has a key on the id. */
let keyed = true;

const context = (folder: string) => sinkContext(folder, { model, resumable: true });
const open = (folder: string, position?: SinkPosition) =>
  openDuckWriter(
    context(folder),
    { path: join(folder, 'it.duckdb'), table: 'product', memoryLimit: '256MB', loadBytes, keyed },
    position,
  );

async function rowsIn(folder: string): Promise<readonly unknown[]> {
  const rows = await askDuckDb(join(folder, 'it.duckdb'), 'SELECT id, title FROM product ORDER BY id');
  return rows.map(({ id, title }) => [id, title]);
}

/** How far a run has got: the pages that it has committed, and where. */
interface Progress {
  done: number;
  position?: SinkPosition | undefined;
}

async function write(sink: SinkWriter, progress: Progress): Promise<readonly SinkPosition[]> {
  const positions: SinkPosition[] = [];
  for (let { done } = progress; ; done += 1) {
    const position = await sink.commit();
    positions.push(position);
    Object.assign(progress, { done, position });
    const page = pages[done];
    if (page === undefined) return positions;
    await sink.write(page);
  }
}

/** A life of the run from where it got, which nothing disturbs. */
async function live(folder: string, progress: Progress): Promise<void> {
  const sink = await open(folder, progress.position);
  await write(sink, progress);
  await sink.close(reportOf());
}

/** A life that is killed after so many changes of the disk; false where it came to its end before. */
async function liveShort(folder: string, progress: Progress, killAfter: number, half: boolean): Promise<boolean> {
  let sink: SinkWriter | undefined;
  disk.killAfter(killAfter, half);
  try {
    sink = await open(folder, progress.position);
    await write(sink, progress);
    await sink.close(reportOf());
  } catch {
    // Lets go of the database, as the kill does; nothing of it reaches the spool.
    await sink?.abort().catch(() => undefined);
  }
  const { killed } = disk;
  await disk.heal();
  return killed;
}

describe.each([true, false])('the spool of the duckdb sink (a key on the id: %s)', (withKey) => {
  beforeEach(() => void (keyed = withKey));

  it('is loaded several times during a run, and is gone at its end', async () => {
    const folder = await temporaryFolder();
    const progress: Progress = { done: 0 };
    await live(folder, progress);
    expect(await rowsIn(folder)).toEqual(wanted);
    expect(await readdir(folder)).toEqual(['it.duckdb']);
    const [log] = await askDuckDb(join(folder, 'it.duckdb'), 'SELECT commits::INT AS loads FROM sluice_runs');
    expect(log).toEqual({ loads: 3 });
  });

  it.each([false, true])(
    'neither loses nor doubles wherever it is killed: appending, syncing, loading, removing (in the middle of a write: %s)',
    { timeout: 120_000 },
    async (half) => {
      let killAfter = 0;
      for (let killed = true; killed; killAfter += 1) {
        const folder = await temporaryFolder();
        const progress: Progress = { done: 0 };
        killed = await liveShort(folder, progress, killAfter, half);
        // Again, at another place, while it is taken up.
        await liveShort(folder, progress, killAfter % 7, half);
        await live(folder, progress);
        expect(await rowsIn(folder), `killed after ${killAfter} changes`).toEqual(wanted);
        expect(await readdir(folder), `killed after ${killAfter} changes`).toEqual(['it.duckdb']);
      }
      expect(killAfter).toBeGreaterThan(30);
    },
  );

  it('goes on from every position, killed or ended, not only from the last one', { timeout: 60_000 }, async () => {
    const unfinished = await temporaryFolder();
    const ended = await temporaryFolder();
    const first = await open(unfinished);
    const positions = await write(first, { done: 0 });
    await first.abort();
    await cp(unfinished, ended, { recursive: true });
    await live(ended, { done: pages.length, position: positions.at(-1) });
    for (const left of [unfinished, ended]) {
      for (const [done, position] of [undefined, ...positions].entries()) {
        const folder = await temporaryFolder();
        await cp(left, folder, { recursive: true });
        await live(folder, { done: Math.max(done - 1, 0), position });
        expect(await rowsIn(folder), `position ${done - 1}`).toEqual(wanted);
        expect(await readdir(folder)).toEqual(['it.duckdb']);
      }
    }
  });
});
