import type { SinkPlugin, SinkPosition } from '../../core/contracts/sink.ts';
import { isObject } from '../../core/unknown.ts';
import type { FakeDisk } from './fake-disk.ts';

/** Where that sink's records stand once it has been closed. */
export const publishedFile = (name: string): string => `/out/${name}.ndjson`;

/** Where they stand until then. */
export const growingFile = (name: string, runId: string): string => `/out/.${name}.${runId}.part`;

/** What comes behind the records at the close: a resume has to get rid of it. */
const tail = 'end\n';

/**
 * A sink that keeps its records on a disk that crashes, as the file sinks do: cut back at its opening, synced at a
 * commit, renamed at its close. `beforeWrite` may throw.
 */
export function journalSink(name: string, disk: FakeDisk, beforeWrite = (): void => undefined): SinkPlugin {
  return {
    name,
    delivers: 'on-close',
    async open({ runId }, _options, position) {
      const growing = growingFile(name, runId);
      await disk.makeFolder('/out');
      if (position !== undefined) await bringBack(name, growing, disk);
      const file = await disk.append(growing);
      await file.truncate(bytesOf(position));
      return {
        async write(batch) {
          beforeWrite();
          await file.append(batch.ndjson);
        },
        async commit() {
          await file.sync();
          return { bytes: file.size };
        },
        async close() {
          await file.append(Buffer.from(tail));
          await file.sync();
          await file.close();
          await disk.rename(growing, publishedFile(name));
        },
        abort: () => file.close(),
      };
    },
  };
}

/** Where the file had been published, a copy of it goes on; readers keep theirs. */
async function bringBack(name: string, growing: string, disk: FakeDisk): Promise<void> {
  const published = disk.contents(publishedFile(name));
  if (disk.contents(growing) !== undefined || published === undefined) return;
  const copy = `${growing}.copy`;
  await disk.remove(copy);
  const file = await disk.append(copy);
  await file.append(published);
  await file.sync();
  await file.close();
  await disk.rename(copy, growing);
}

export function bytesOf(position: SinkPosition | undefined): number {
  return isObject(position) && 'bytes' in position ? Number(position.bytes) : 0;
}

/** Ids of the records within the first `bytes` of what the sink has. */
export function sinkIds(name: string, runId: string, disk: FakeDisk, bytes = Infinity): readonly string[] {
  const held = disk.contents(growingFile(name, runId)) ?? disk.contents(publishedFile(name)) ?? Buffer.alloc(0);
  return idsIn(held.subarray(0, bytes));
}

/** Ids of the records that the sink's readers see; undefined where nothing has been published. */
export function publishedIds(name: string, disk: FakeDisk): readonly string[] | undefined {
  const held = disk.contents(publishedFile(name));
  return held && idsIn(held);
}

function idsIn(bytes: Buffer): string[] {
  const lines = bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '' && `${line}\n` !== tail);
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}
