import type { EngineContext } from '../../../../core/engine.ts';
import type { BullmqOptions } from '../options.ts';
import { checkServer } from '../redis/check-server.ts';
import { connectRedis, type RedisConnection } from '../redis/connect.ts';
import { resolveRedis } from '../redis/options.ts';

/** Connects to Redis and looks whether it can hold a run. Throws as `connectRedis` and `checkServer` do. */
export async function openServer(
  context: Pick<EngineContext, 'logger'>,
  options: BullmqOptions,
  role: 'check' | 'list',
): Promise<RedisConnection> {
  const connection = await connectServer(context, options, role);
  try {
    await assertFit(context, connection);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Connects to Redis, and tells when it is away. Throws as `connectRedis` does. */
export async function connectServer(
  { logger }: Pick<EngineContext, 'logger'>,
  { redis }: BullmqOptions,
  role: string,
): Promise<RedisConnection> {
  const connection: RedisConnection = await connectRedis({
    settings: resolveRedis(redis),
    role,
    onState(state) {
      if (state === 'lost')
        logger.warn(`Redis at ${connection.where} is away: waiting for it`, { event: 'redis-lost' });
      else logger.info(`Redis at ${connection.where} is back`, { event: 'redis-back' });
    },
  });
  return connection;
}

/** Throws as `checkServer` does, and tells what it warns of. */
export async function assertFit({ logger }: Pick<EngineContext, 'logger'>, connection: RedisConnection): Promise<void> {
  for (const warning of (await checkServer(connection)).warnings) logger.warn(warning, { event: 'redis' });
}
