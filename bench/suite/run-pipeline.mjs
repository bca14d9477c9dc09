import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureProcess } from '../measure/process.mjs';
import { pipelineMain } from './dist.mjs';

/**
 * Runs the built `pipeline` in `folder`. Gives seconds from start to exit, peak memory in MB, and the run's own summary.
 * Throws where a record is missing.
 */
export async function runPipeline(folder, config, records) {
  writeFileSync(join(folder, 'pipeline.config.json'), JSON.stringify(config));
  const args = [pipelineMain, 'run', '--json', '--log-level', 'error'];
  const { seconds, peakMb, stderr } = await measureProcess(process.execPath, args, {
    cwd: folder,
    timeoutMs: 1_800_000,
  });
  const summary = JSON.parse(stderr.trim().split('\n').at(-1));
  if (summary.total_products !== records) throw new Error(`${summary.total_products} records of ${records}`);
  return { seconds, peakMb, summary };
}
