import { systemClock } from '../../core/system-clock.ts';
import { openSharedLimits, type SharedLimits } from '../../plugins/engines/bullmq/limits/shared-limits.ts';
import { connectRedis, type RedisConnection } from '../../plugins/engines/bullmq/redis/connect.ts';
import { resolveRedis } from '../../plugins/engines/bullmq/redis/options.ts';
import { resolvedSource } from './resolved-source.ts';

/** What a worker has of the limits, in this process. */
export interface TestWorker {
  readonly limits: SharedLimits;
  readonly connection: RedisConnection;
  close(): Promise<void>;
}

/** Connects a worker to the limits of a run. */
export async function limitsOfWorker(url: string, worker: string, queue = 'test'): Promise<TestWorker> {
  const connection = await connectRedis({ settings: resolveRedis(url), role: worker });
  const limits = await openSharedLimits({
    connection,
    queue,
    runId: 'run',
    worker,
    clock: systemClock,
    onFailure(error) {
      throw error;
    },
  });
  return {
    limits,
    connection,
    async close() {
      await limits.close();
      await connection.close();
    },
  };
}

/** A source for limits alone: nobody asks its upstream. */
export function limitedSource(change?: Parameters<typeof resolvedSource>[1]): ReturnType<typeof resolvedSource> {
  return resolvedSource('http://upstream.test', change);
}
