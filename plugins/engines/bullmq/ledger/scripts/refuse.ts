import { defineScript } from './script.ts';

/** Takes no more pages of a source: the error. The first one stays. */
export const refuseScript = defineScript(
  'refuse',
  /* lua */ `
local state = KEYS[1] .. ':state'
if redis.call('HGET', state, 'status') then return 0 end
redis.call('HSET', state, 'status', 'refused', 'error', ARGV[1])
return 1
`,
);
