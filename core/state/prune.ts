import type { ResolvedConfig } from '../config/resolved.ts';
import type { Logger } from '../contracts/logger.ts';
import type { Disk } from './disk.ts';
import { startOfRun } from './run-id.ts';
import { listRunIds, runFolder } from './run-folders.ts';

export interface PruneOptions {
  readonly config: ResolvedConfig;
  readonly disk: Disk;
  readonly stateDir: string;
  readonly keepRuns: number;
  /** The run that is about to go on: it stays, however old it is. */
  readonly runId: string;
  readonly logger: Logger;
}

/**
 * Removes all but the newest runs, with what unfinished ones left beside their outputs. What can't be removed stays,
 * with a warning: it is no reason not to run.
 */
export async function pruneRuns({ config, disk, stateDir, keepRuns, runId, logger }: PruneOptions): Promise<void> {
  const others = (await listRunIds(disk, stateDir)).filter((id) => id !== runId);
  const sources = config.sources.map(({ name }) => name);
  for (const id of others.slice(keepRuns - 1)) {
    try {
      for (const { name, plugin, options, route } of config.sinks) {
        const takes = route?.sources ?? sources;
        const run = { runId: id, startedAt: startOfRun(id), resumable: true };
        const context = { ...run, name, baseDir: config.baseDir, sources, takes, logger };
        await plugin.forget?.(context, options);
      }
      await disk.remove(runFolder(stateDir, id));
    } catch (error) {
      logger.warn(`the old run ${id} can't be removed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
