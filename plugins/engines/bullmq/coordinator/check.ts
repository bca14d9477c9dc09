import type { EngineContext } from '../../../../core/engine.ts';
import type { BullmqOptions } from '../options.ts';
import { openServer } from './open-server.ts';
import { assertDistributable } from './refusals.ts';

/** Looks whether a run could begin; see `EnginePlugin`. */
export async function check(context: EngineContext, options: BullmqOptions): Promise<void> {
  assertDistributable(context.config);
  const connection = await openServer(context, options, 'check');
  await connection.close();
}
