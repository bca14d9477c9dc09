import type { AppendFile } from './append-file.ts';
import type { Compress } from './compression.ts';

/** A file to which bytes are appended, whatever becomes of them on the way. */
export type ByteFile = Pick<AppendFile, 'append' | 'commit' | 'publish' | 'abort'>;

/** Bytes that are compressed at once: more gain nothing, and fewer would cost a member's head and a cold window each. */
const memberBytes = 1024 * 1024;

/**
 * Compresses what is appended, in members that stand on their own: each commit ends one, so that a position is an offset
 * in bytes at which the file can be cut and gone on with. Members one behind the other are a valid file, which every
 * reader of that kind takes for one.
 */
export function memberFile(file: AppendFile, compress: Compress): ByteFile {
  const buffer = new Uint8Array(memberBytes);
  let buffered = 0;

  async function endMember(): Promise<void> {
    if (buffered === 0) return;
    await file.append(await compress(buffer.subarray(0, buffered)));
    buffered = 0;
  }

  return {
    async append(bytes) {
      for (let done = 0; done < bytes.byteLength;) {
        const part = bytes.subarray(done, done + memberBytes - buffered);
        buffer.set(part, buffered);
        buffered += part.byteLength;
        done += part.byteLength;
        if (buffered === memberBytes) await endMember();
      }
    },
    async commit() {
      await endMember();
      return file.commit();
    },
    async publish() {
      await endMember();
      // No bytes at all are no compressed file.
      if (file.size === 0) await file.append(await compress(new Uint8Array()));
      await file.publish();
    },
    abort: () => file.abort(),
  };
}
