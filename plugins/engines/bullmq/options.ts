import { z } from 'zod';
import { redisOptions } from './redis/options.ts';

/** What an entry of the config may say of this engine: every default, unit and bound. */
export const options = z.strictObject({
  redis: redisOptions.describe(
    'where Redis is: redis://, or rediss:// with TLS, best ${REDIS_URL}; an object for a cluster, an ACL user, or files of TLS',
  ),
  queue: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
    .default('sluice')
    .describe('what the keys in Redis begin with: lower-case letters, digits, "-" and "_", at most 64'),
  keepDays: z
    .int()
    .min(0)
    .max(365)
    .default(0)
    .describe('days for which a run that has ended is kept in Redis; 0 removes its keys'),
  takeoverMs: z
    .int()
    .min(1000)
    .max(600_000)
    .default(30_000)
    .describe('milliseconds after which a page is taken from a worker that has said nothing more'),
  parts: z
    .string()
    .min(1)
    .default('.pipeline/parts')
    .describe("folder, the same for coordinator and workers, in which records wait; relative to the config's"),
});

export type BullmqOptions = z.output<typeof options>;
