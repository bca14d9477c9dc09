import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SluiceError } from '../../core/index.ts';

/** Makes the folder of a report, so that a run does not end in front of one that can't be made. Throws `config_invalid`. */
export async function prepareReportFile(file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** Writes a report in one step: who opens it sees the old one or the new one, whole. Throws `config_invalid`. */
export async function writeReportFile(file: string, text: string): Promise<void> {
  const copy = `${file}.new`;
  try {
    await prepareReportFile(file);
    // Prices and records are nobody's but the user's.
    await writeFile(copy, text, { mode: 0o600 });
    await rename(copy, file);
  } catch (error) {
    await rm(copy, { force: true }).catch(() => undefined);
    throw unwritable(file, error);
  }
}

function unwritable(file: string, cause: unknown): SluiceError {
  if (cause instanceof SluiceError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError('config_invalid', `the report can't be written to ${file}: ${why}; give another file`, {
    cause,
  });
}
