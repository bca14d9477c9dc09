import { type SinkContext, SluiceError } from '../../../core/plugin.ts';
import { openAppendFile } from './append-file.ts';
import { type Compression, findCompress } from './compression.ts';
import type { FilePosition } from './file-position.ts';
import { type ByteFile, memberFile } from './member-file.ts';

/** A file of records, and where to take it up again. */
export interface RecordFileOptions {
  readonly context: Pick<SinkContext, 'runId' | 'resumable'>;
  /** Absolute path. */
  readonly file: string;
  readonly compress?: Compression | undefined;
  /** What stands before the first record. Default: nothing. */
  readonly head?: Uint8Array;
  /** What a commit of the same run has returned; undefined starts a new file. */
  readonly position: FilePosition | undefined;
}

/** Opens a file that appears, whole, when it is published. Throws as `openAppendFile` does. */
export async function openRecordFile(options: RecordFileOptions): Promise<ByteFile> {
  const { context, file: path, compress, head } = options;
  // Without a record in it there is nothing to be found again.
  const position = options.position?.bytes === 0 ? undefined : options.position;
  const { runId, resumable } = context;
  const plain = await openAppendFile({ path, runId, resumable, fixedFrom: 0, position });
  const file = compress === undefined ? plain : memberFile(plain, compressOf(compress));
  return head === undefined || position !== undefined ? file : headed(file, head);
}

/** Puts `head` before the first bytes, or at the end where none came: until then the file is as good as none. */
function headed(file: ByteFile, head: Uint8Array): ByteFile {
  let written = false;
  const begin = async (): Promise<void> => {
    if (written) return;
    written = true;
    await file.append(head);
  };
  return {
    async append(bytes) {
      await begin();
      await file.append(bytes);
    },
    commit: () => file.commit(),
    async publish() {
      await begin();
      await file.publish();
    },
    abort: () => file.abort(),
  };
}

function compressOf(compression: Compression) {
  const compress = findCompress(compression);
  if (compress === undefined)
    throw new SluiceError('sink_failed', `this Node, ${process.version}, has no ${compression}`);
  return compress;
}
