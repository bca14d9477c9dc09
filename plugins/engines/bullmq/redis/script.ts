import { createHash } from 'node:crypto';
import type { RedisClient } from './connect.ts';

/** A script that the server runs as one step: no other command comes between. */
export interface RedisScript {
  /**
   * Runs it: `keys` all under one hash tag. Rejects with what the server replied. May run twice where the connection is
   * lost before the answer, so a script must be able to be repeated.
   */
  run(client: RedisClient, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown>;
}

/** Makes a script of its text in Lua. */
export function defineScript(lua: string): RedisScript {
  const evaluate = createEvaluator(lua);
  return {
    run: (client, keys, args) => evaluate((command, script) => client[command](script, keys.length, ...keys, ...args)),
  };
}

/** Has a script run by `call`: named by its digest, and sent whole only to a server that does not know it yet. */
export function createEvaluator(lua: string) {
  const digest = createHash('sha1').update(lua).digest('hex');
  return async function evaluate(
    call: (command: 'evalsha' | 'eval', script: string) => Promise<unknown>,
  ): Promise<unknown> {
    try {
      return await call('evalsha', digest);
    } catch (error) {
      // A server that was started anew has forgotten all scripts.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return call('eval', lua);
    }
  };
}
