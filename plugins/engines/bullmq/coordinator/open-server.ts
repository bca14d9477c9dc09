import type { EngineContext } from '../../../../core/engine.ts';
import type { BullmqOptions } from '../options.ts';
import { checkServer } from '../redis/check-server.ts';
import { connectRedis, type RedisConnection } from '../redis/connect.ts';
import { resolveRedis } from '../redis/options.ts';

/** Connects to Redis and looks whether it can hold a run. Throws as `connectRedis` and `checkServer` do. */
export async function openServer(
  { logger }: Pick<EngineContext, 'logger'>,
  { redis }: BullmqOptions,
  role: 'coordinator' | 'check' | 'list',
): Promise<RedisConnection> {
  const connection = await connectRedis({
    settings: resolveRedis(redis),
    role,
    onState(state) {
      if (state === 'lost')
        logger.warn(`Redis at ${connection.where} is away: waiting for it`, { event: 'redis-lost' });
      else logger.info(`Redis at ${connection.where} is back`, { event: 'redis-back' });
    },
  });
  try {
    for (const warning of (await checkServer(connection)).warnings) logger.warn(warning, { event: 'redis' });
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}
