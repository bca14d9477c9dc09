import { rm } from 'node:fs/promises';
import { type EngineContext, nodeDisk, pruneRuns as pruneFolders } from '../../../../core/engine.ts';
import { forgetRun } from '../ledger/forget-run.ts';
import type { RunRegistry } from '../ledger/runs.ts';
import type { BullmqOptions } from '../options.ts';
import { openPageQueue } from '../queue/page-queue.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { runKeys } from '../redis/keys.ts';
import { waitingFolder } from '../sinks/part-place.ts';
import { newestFirst } from './choose-run.ts';

/** Runs that wait to be taken up and are kept, where no state folder says how many. */
const keptRuns = 10;

export interface PruneOptions {
  readonly connection: RedisConnection;
  readonly registry: RunRegistry;
  readonly context: EngineContext;
  readonly options: BullmqOptions;
  /** The run that is about to begin. */
  readonly runId: string;
}

/**
 * Removes all but the newest of the runs that were stopped and never taken up, from Redis and from the folders of this
 * machine: nothing else would ever remove them.
 */
export async function pruneRuns({ connection, registry, context, options, runId }: PruneOptions): Promise<void> {
  const { config, logger } = context;
  const keepRuns = config.state?.keepRuns ?? keptRuns;
  const dir = config.state?.dir;
  const stopped = newestFirst(await registry.list()).filter(({ state }) => state !== 'ended');
  for (const run of stopped.slice(keepRuns)) {
    const keys = runKeys(options.queue, run.runId);
    const queue = await openPageQueue(connection, keys);
    await queue.forget();
    await queue.close();
    await forgetRun({ redis: connection.client, key: keys.prefix, sources: run.sources, keepMs: 0 });
    await registry.remove(run.runId);
    await rm(waitingFolder({ config, parts: options.parts, runId: run.runId }), { recursive: true, force: true });
    logger.info(`run ${run.runId} was stopped, and is removed: ${keepRuns} newer ones are kept`, {
      event: 'run-removed',
    });
  }
  if (dir !== undefined) await pruneFolders({ config, disk: nodeDisk, stateDir: dir, keepRuns, runId, logger });
}
