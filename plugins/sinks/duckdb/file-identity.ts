import { stat } from 'node:fs/promises';
import { SluiceError } from '../../../core/plugin.ts';

/** Asserts that the database file is still the one that was opened. */
export type AssertSameFile = () => Promise<void>;

/**
 * Takes note of which file stands at `path`. DuckDB goes on writing to one that was removed: nobody would ever find what
 * it says is committed. What is returned throws `sink_failed` where the file is gone or another one.
 */
export async function identifyFile(path: string): Promise<AssertSameFile> {
  const opened = await stat(path);
  return async () => {
    const found = await stat(path).catch(() => undefined);
    if (found?.ino === opened.ino && found.dev === opened.dev) return;
    const text = `${path} was ${found === undefined ? 'removed' : 'replaced'} while the run wrote to it: start a new run`;
    throw new SluiceError('sink_failed', text);
  };
}
