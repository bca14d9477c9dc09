import { createEvaluator } from '../../redis/script.ts';

/** What the ledger needs of a Redis client: a command whose answer is bytes. */
export interface RedisCaller {
  callBuffer(command: string, ...args: (string | number | Buffer)[]): Promise<unknown>;
}

/** An answer of Redis: bytes, whole numbers, nothing, or lists of those. */
export type Reply = Buffer | number | null | Reply[];

/** A Lua script that has one key: what all keys that it touches begin with. They share its hash tag, and so its slot. */
export interface Script {
  readonly name: string;
  run(redis: RedisCaller, key: string, args: readonly (string | number | Buffer)[]): Promise<Reply>;
}

/** Declares a script; `parts` are put together in order, local functions first. */
export function defineScript(name: string, ...parts: readonly string[]): Script {
  const evaluate = createEvaluator(parts.join('\n'));
  return {
    name,
    async run(redis, key, args) {
      return replyOf(await evaluate((command, script) => redis.callBuffer(command, script, 1, key, ...args)));
    },
  };
}

/** What a client hands over as it came. Throws `TypeError` for what Redis never sends. */
export function replyOf(value: unknown): Reply {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return value.map(replyOf);
  throw new TypeError(`Redis answered with ${typeof value}`);
}

export function listOf(reply: Reply | undefined): readonly Reply[] {
  return typeof reply === 'object' && reply !== null && !Buffer.isBuffer(reply) ? reply : [];
}

export function numberOf(reply: Reply | undefined): number {
  return Number(Buffer.isBuffer(reply) ? reply.toString() : (reply ?? 0));
}

export function textOf(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString() : typeof reply === 'number' ? String(reply) : '';
}

export function bytesOf(reply: Reply | undefined): Buffer | undefined {
  return Buffer.isBuffer(reply) && reply.length > 0 ? reply : undefined;
}
