import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Batch } from '../../../../core/engine.ts';
import { sinkError, SluiceError } from '../../../../core/plugin.ts';
import type { AcknowledgedPart } from './acknowledged-parts.ts';
import { createLinesBatch } from './lines-batch.ts';

/** Bytes of a part that are handed over at once, unless a single record is longer. */
const chunkBytes = 256 * 1024;
const newline = 10;

/**
 * The records of a part, up to the end that counts, in batches. Throws `sink_failed` where the file can't be read, is
 * shorter, or is not what was acknowledged.
 */
export async function* readPart(part: AcknowledgedPart): AsyncGenerator<Batch> {
  const handle = await openPart(part, 'r');
  try {
    const hash = createHash('sha256');
    let rest = Buffer.alloc(0);
    for (let done = 0; done < part.bytes;) {
      const chunk = Buffer.alloc(Math.min(chunkBytes, part.bytes - done));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, done);
      if (bytesRead === 0) throw changed(part, `it ends at byte ${done} of ${part.bytes}`);
      done += bytesRead;
      const read = chunk.subarray(0, bytesRead);
      hash.update(read);
      const held = rest.length === 0 ? read : Buffer.concat([rest, read]);
      const end = held.lastIndexOf(newline) + 1;
      rest = held.subarray(end);
      if (end > 0) yield createLinesBatch(part.source, new Uint8Array(held.subarray(0, end)));
    }
    if (rest.length > 0 || hash.digest('hex') !== part.sha256) throw changed(part, 'its bytes are others');
  } catch (error) {
    throw sinkError(error, `reading ${part.path}`);
  } finally {
    await handle.close();
  }
}

/** Opens a part, which another machine may have written. Throws `sink_failed` where it is not seen from here. */
export async function openPart({ path, host }: AcknowledgedPart, flags: 'r' | 'r+'): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const text = `${path}, written on ${host}, can't be opened on ${hostname()} (${why}): coordinator and workers need a folder that they share`;
    throw new SluiceError('sink_failed', text, { cause: error });
  }
}

function changed({ path, host }: AcknowledgedPart, how: string): SluiceError {
  return new SluiceError('sink_failed', `${path}, written on ${host}, is not as it was acknowledged: ${how}`);
}
