import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { sinkError } from '../../../../core/plugin.ts';
import { type AcknowledgedPart } from './acknowledged-parts.ts';
import { openPart } from './read-part.ts';

/** Where readers find the manifest of what stands in the place of `target`. */
function manifestPath(target: string): string {
  return `${target}.manifest.json`;
}

/** Parts that are to become the output of a run. */
export interface PublishOptions {
  /** In whose place they stand. */
  readonly target: string;
  readonly runId: string;
  readonly parts: readonly AcknowledgedPart[];
  /** No session writes to them any more. */
  readonly final: boolean;
}

/**
 * Makes parts the output of a run: cuts each at the end that counts, where that is final, and puts the manifest in its
 * place in one step. Readers who go by the manifest see the old parts or the new ones, never some of both; those of earlier
 * runs go afterwards. Throws `sink_failed`.
 */
export async function publishParts({ target, runId, parts, final }: PublishOptions): Promise<void> {
  for (const part of parts) await assertThere(part, final);
  const folder = dirname(target);
  const manifest = {
    version: 1,
    run_id: runId,
    records: parts.reduce((sum, { records }) => sum + records, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    // Relative, so that the folder can be moved and mounted elsewhere.
    parts: parts.map(({ path, source, records, bytes, sha256 }) => {
      return { file: relative(folder, path), source, records, bytes, sha256 };
    }),
  };
  try {
    await replaceFile(manifestPath(target), `${JSON.stringify(manifest, undefined, 2)}\n`);
    if (final) await removeOthers(`${target}.parts`, runId, new Set(parts.map(({ path }) => basename(path))));
  } catch (error) {
    throw sinkError(error, `writing ${manifestPath(target)}`);
  }
}

/** Looks whether a part is as long as it counts; what stands behind that belongs to pages that were done again. */
async function assertThere(part: AcknowledgedPart, cut: boolean): Promise<void> {
  const handle = await openPart(part, cut ? 'r+' : 'r');
  try {
    const { size } = await handle.stat();
    if (size < part.bytes) throw new Error(`it has ${size} of its ${part.bytes} bytes`);
    if (cut && size > part.bytes) await handle.truncate(part.bytes);
    await handle.sync();
  } catch (error) {
    throw sinkError(error, `looking at ${part.path}`);
  } finally {
    await handle.close();
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const handle = await open(temporary, 'wx', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}

/**
 * Parts that no reader needs any more: of this run, where nothing of them counts, and of earlier ones. Run ids begin with
 * the time, so one that is greater belongs to a run that began meanwhile, and stays.
 */
async function removeOthers(folder: string, runId: string, wanted: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    const of = /^\.?([\w-]+)(?:\.|$)/.exec(name)?.[1];
    if (of !== undefined && of <= runId && !wanted.has(name)) await rm(join(folder, name), { force: true });
  }
}
