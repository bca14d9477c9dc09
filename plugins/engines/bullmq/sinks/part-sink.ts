import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Batch, SinkPlugin, SinkWriter } from '../../../../core/engine.ts';
import { sinkError, SluiceError, syncFolder } from '../../../../core/plugin.ts';
import type { PartPlace } from './part-place.ts';
import type { PartPosition } from './part-position.ts';

/** What is known of one file of a session. */
interface Part {
  readonly path: string;
  readonly hash: Hash;
  bytes: number;
  records: number;
  /** Taken, and not in the file yet. */
  waiting: Batch[];
}

/**
 * The sink that stands in a session of a worker for one that takes its records at the coordinator's: a file of lines for
 * each source, of this session alone. What a session has not got acknowledged stays behind the end that counts; nobody
 * has to take it back, and no file is written to by two.
 */
export function createPartSink(name: string, place: PartPlace, session: string): SinkPlugin {
  return {
    name,
    distributed: 'direct',
    async open(): Promise<SinkWriter> {
      await Promise.all(place.folders.map((folder) => assertShared(place.marker(folder))));
      return createPartWriter(place, session);
    },
  };
}

function createPartWriter(place: PartPlace, session: string): SinkWriter {
  const parts = new Map<string, Part>();
  const position: { readonly host: string; readonly files: PartPosition['files'] } = { host: hostname(), files: {} };

  function partOf(source: string): Part {
    let part = parts.get(source);
    if (part === undefined) {
      part = { path: place.file(session, source), hash: createHash('sha256'), bytes: 0, records: 0, waiting: [] };
      parts.set(source, part);
    }
    return part;
  }

  return {
    async write(batch) {
      partOf(batch.source).waiting.push(batch);
    },
    async commit() {
      for (const [source, part] of parts) {
        if (part.waiting.length === 0) continue;
        await append(part);
        const { bytes, records, hash } = part;
        position.files[source] = { bytes, records, sha256: hash.copy().digest('hex') };
      }
      return { host: position.host, files: { ...position.files } };
    },
    // A session ends without the run's end: what is committed stays, and counts as far as it is acknowledged.
    close: () => Promise.resolve(),
    abort: () => Promise.resolve(),
  };
}

/** Makes what waits durable. The file is open only meanwhile: a session may have one for each of very many sources. */
async function append(part: Part): Promise<void> {
  const taken = part.waiting;
  part.waiting = [];
  const begins = part.bytes === 0;
  try {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    // A link that somebody put there would send the records elsewhere.
    const handle = await open(part.path, O_WRONLY | O_NOFOLLOW | (begins ? O_CREAT | O_EXCL : 0), 0o644);
    try {
      const bytes = Buffer.concat(taken.map(({ ndjson }) => ndjson));
      for (let done = 0; done < bytes.byteLength;) {
        done += (await handle.write(bytes, done, bytes.byteLength - done, part.bytes + done)).bytesWritten;
      }
      await handle.datasync();
      part.hash.update(bytes);
      part.bytes += bytes.byteLength;
      for (const { count } of taken) part.records += count;
    } finally {
      await handle.close();
    }
    if (begins) await syncFolder(dirname(part.path));
  } catch (error) {
    throw sinkError(error, `writing ${part.path}`);
  }
}

/** Now, and not when all pages have been fetched: what the coordinator does not see is of no use to it. */
async function assertShared(marker: string): Promise<void> {
  if ((await stat(marker).catch(() => undefined)) !== undefined) return;
  const text = `${hostname()} does not see the folder ${dirname(marker)} of the coordinator: records of such a sink need one that all machines share`;
  throw new SluiceError('sink_failed', text);
}
