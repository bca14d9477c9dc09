import { defineScript } from './script.ts';

/** Keeps a fold of the outcome stream, and cuts off what it holds: from, to, state. */
export const checkpointScript = defineScript(
  'checkpoint',
  /* lua */ `
local kept = KEYS[1] .. ':checkpoint'
if (redis.call('HGET', kept, 'id') or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', kept, 'id', ARGV[2], 'state', ARGV[3])
redis.call('XTRIM', KEYS[1] .. ':outcomes', 'MINID', ARGV[2])
return 1
`,
);

/** Takes a duty, or goes on having it: name, holder, milliseconds. */
export const dutyScript = defineScript(
  'duty',
  /* lua */ `
local key = KEYS[1] .. ':duty:' .. ARGV[1]
local holder = redis.call('GET', key)
if holder and holder ~= ARGV[2] then return 0 end
redis.call('SET', key, ARGV[2], 'PX', ARGV[3])
return 1
`,
);
