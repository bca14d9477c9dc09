import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureProcess } from '../measure/process.mjs';
import { perPage } from '../upstream/pages.mjs';
import { startUpstream } from '../upstream/start.mjs';
import { countLines } from './count-lines.mjs';

/**
 * One run of a contestant against an upstream of its own, in a folder of its own: records a second and peak memory.
 * Throws where a line is missing: a contestant that lost some is not faster but wrong.
 */
export async function runContestant({ name, command, args, env, output: where = 'out.ndjson' }, pages) {
  const records = pages * perPage;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const upstream = await startUpstream({ records });
  try {
    const output = join(folder, where);
    const told = { url: upstream.url, pages, output, folder };
    const { seconds, peakMb } = await measureProcess(command, args(told), {
      cwd: folder,
      env: typeof env === 'function' ? env(told) : env,
    });
    const lines = await linesIn(folder, where);
    if (lines !== records) throw new Error(`${name}: ${lines} lines of ${records}`);
    return { rate: records / seconds, peakMb };
  } finally {
    upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lines of a file, or of all files of a folder. */
async function linesIn(folder, where) {
  const path = join(folder, where);
  if (where.endsWith('.ndjson')) return countLines(path);
  const counts = await Promise.all(readdirSync(path).map((file) => countLines(join(path, file))));
  return counts.reduce((sum, count) => sum + count, 0);
}
