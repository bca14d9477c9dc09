import { rm } from 'node:fs/promises';
import { type EngineContext, nodeDisk, pruneRuns as pruneFolders } from '../../../../core/engine.ts';
import { forgetRun, keptFor } from '../ledger/forget-run.ts';
import type { RegisteredRun, RunRegistry } from '../ledger/runs.ts';
import type { RedisCaller } from '../ledger/scripts/script.ts';
import type { BullmqOptions } from '../options.ts';
import { openPageQueue } from '../queue/page-queue.ts';
import type { RedisConnection } from '../redis/connect.ts';
import type { Patience } from '../redis/patience.ts';
import { runKeys } from '../redis/keys.ts';
import { waitingFolder } from '../sinks/part-place.ts';
import { newestFirst, shields } from './choose-run.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Runs that wait to be taken up and are kept, where no state folder says how many. */
const keptRuns = 10;

export interface PruneOptions {
  readonly connection: RedisConnection;
  /** Commands that wait for a server that is away, and work that does. */
  readonly redis: RedisCaller;
  readonly patience: Patience;
  readonly registry: RunRegistry;
  readonly context: EngineContext;
  readonly options: BullmqOptions;
  /** The run that is about to begin. */
  readonly runId: string;
}

/**
 * Removes all but the newest of the runs that were stopped and never taken up, and those that have ended and were kept for
 * their days, from Redis and from the folders of this machine: nothing else would ever remove them.
 */
export async function pruneRuns(prune: PruneOptions): Promise<void> {
  const { registry, context, runId } = prune;
  const { config, logger } = context;
  const keepRuns = config.state?.keepRuns ?? keptRuns;
  const dir = config.state?.dir;
  const runs = newestFirst(await registry.list());
  const stopped = runs.filter(({ state }) => state !== 'ended');
  for (const run of stopped.slice(keepRuns)) {
    await forget(prune, run);
    await registry.remove(run.runId);
    logger.info(`run ${run.runId} was stopped, and is removed: ${keepRuns} newer ones are kept`, {
      event: 'run-removed',
    });
  }
  const ended = runs.filter(({ state }) => state === 'ended');
  const kept = [...stopped.slice(0, keepRuns), ...ended];
  for (const run of ended) await pruneEnded(prune, run, shields(run, kept));
  if (dir !== undefined) await pruneFolders({ config, disk: nodeDisk, stateDir: dir, keepRuns, runId, logger });
}

async function pruneEnded(prune: PruneOptions, run: RegisteredRun, isShield: boolean): Promise<void> {
  const { redis, registry, options } = prune;
  // Its coordinator is about to do it.
  if ((await registry.coordinator(run.runId)) !== undefined) return;
  const key = runKeys(options.queue, run.runId).prefix;
  const left = await keptFor(redis, key);
  if (options.keepDays === 0 || left === 'gone') {
    await forget(prune, run);
    if (!isShield) await registry.remove(run.runId);
  }
  // A crash at its end has kept it from being given one.
  else if (left === 'ever') await forgetRun({ redis, key, sources: run.sources, keepMs: options.keepDays * dayMs });
}

/** Removes what there is of a run beside its entry in the registry. */
async function forget(
  { connection, redis, patience, context, options }: PruneOptions,
  run: RegisteredRun,
): Promise<void> {
  const { runId, sources } = run;
  const keys = runKeys(options.queue, runId);
  const queue = await openPageQueue(connection, keys);
  await patience(queue.forget);
  await queue.close();
  await forgetRun({ redis, key: keys.prefix, sources, keepMs: 0 });
  const waiting = waitingFolder({ config: context.config, parts: options.parts, runId });
  await rm(waiting, { recursive: true, force: true });
}
