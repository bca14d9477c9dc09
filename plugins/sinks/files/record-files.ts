import { z } from 'zod';
import type { SinkContext, SinkPosition } from '../../../core/plugin.ts';
import { type Compression } from './compression.ts';
import { filesBySource, isBySource, type NamingContext } from './file-names.ts';
import { filePosition } from './file-position.ts';
import { forgetFile } from './forget-file.ts';
import type { ByteFile } from './member-file.ts';
import { openRecordFile } from './record-file.ts';
import { checkTarget } from './target.ts';

/** The files of a sink, and where to take them up again. */
export interface RecordFilesOptions {
  readonly context: SinkContext;
  /** As the config has it, with or without placeholders. */
  readonly path: string;
  readonly compress?: Compression | undefined;
  /** What stands before the first record of each file. Default: nothing. */
  readonly head?: Uint8Array;
  /** What a commit of the same run has returned; undefined starts new files. */
  readonly committed: SinkPosition | undefined;
}

/** What the records of a sink are written to: one file, or one for each source. */
export interface RecordFiles extends Omit<ByteFile, 'append' | 'commit'> {
  append(source: string, bytes: Uint8Array): Promise<void> | undefined;
  commit(): Promise<SinkPosition>;
}

/** How far each source's file has got. */
const filesPosition = z.strictObject({ files: z.record(z.string(), filePosition) });

/**
 * Opens all files at once, so that what is wrong with one shows before any request, and a source without records leaves an
 * empty file and not an old one. Throws as `openAppendFile` does.
 */
export async function openRecordFiles({ path, committed, ...options }: RecordFilesOptions): Promise<RecordFiles> {
  const names = filesBySource(path, options.context);
  const [name] = names.values();
  if (!isBySource(path) && name !== undefined) {
    const position = committed === undefined ? undefined : filePosition.parse(committed);
    const file = await openRecordFile({ ...options, file: name, position });
    const { append, commit, publish, abort } = file;
    return { append: (_, bytes) => append(bytes), commit, publish, abort };
  }

  const positions = committed === undefined ? {} : filesPosition.parse(committed).files;
  const files = new Map<string, ByteFile>();
  const each = (work: (file: ByteFile) => Promise<void>): Promise<unknown> =>
    Promise.all([...files.values()].map(work));
  try {
    for (const [source, file] of names) {
      files.set(source, await openRecordFile({ ...options, file, position: positions[source] }));
    }
  } catch (error) {
    await each((file) => file.abort());
    throw error;
  }
  return partitioned(files, each);
}

function partitioned(
  files: ReadonlyMap<string, ByteFile>,
  each: (work: (file: ByteFile) => Promise<void>) => Promise<unknown>,
): RecordFiles {
  const positions: Record<string, z.infer<typeof filePosition>> = {};
  /** What a commit has to look at: a sync of every file five times a second would be felt. */
  const changed = new Set(files.keys());
  return {
    append(source, bytes) {
      const file = files.get(source);
      if (file === undefined) throw new Error(`no file was opened for the source ${source}`);
      changed.add(source);
      return file.append(bytes);
    },
    async commit() {
      for (const source of changed) {
        const position = await files.get(source)?.commit();
        if (position !== undefined) positions[source] = position;
        changed.delete(source);
      }
      return { files: { ...positions } };
    },
    async publish() {
      // One after the other: where one fails, those behind it stay as they are.
      for (const file of files.values()) await file.publish();
    },
    abort: async () => void (await each((file) => file.abort())),
  };
}

/** Finds out whether all files of a sink could be put in their places, and leaves everything as it was. Throws `sink_failed`. */
export async function checkTargets(path: string, context: NamingContext): Promise<void> {
  for (const file of new Set(filesBySource(path, context).values())) await checkTarget(file);
}

/** Removes what an unfinished run left beside the files of a sink. Throws `sink_failed`. */
export async function forgetFiles(path: string, context: NamingContext & Pick<SinkContext, 'runId'>): Promise<void> {
  for (const file of new Set(filesBySource(path, context).values())) {
    await forgetFile({ path: file, runId: context.runId });
  }
}
