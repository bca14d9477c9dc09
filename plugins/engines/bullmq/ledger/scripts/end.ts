import { page } from './page.ts';
import { defineScript } from './script.ts';
import { standing } from './standing.ts';

/** Ends a source, if nothing has changed since: key of the run, signature, outcomes. */
export const endScript = defineScript(
  'end',
  page,
  standing,
  /* lua */ `
local base, run = KEYS[1], ARGV[1]
local ended = redis.call('HGET', base .. ':state', 'status') == 'ended'
if ended or signature(base) ~= ARGV[2] then return 0 end
redis.call('HSET', base .. ':state', 'status', 'ended')
redis.call('INCR', run .. ':ended')
for i = 3, #ARGV do tell(run, ARGV[i]) end
return 1
`,
);
