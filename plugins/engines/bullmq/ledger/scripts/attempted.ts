import { page } from './page.ts';
import { defineScript } from './script.ts';

/** Keeps the attempts that a page has used: ordinal, token, attempts. */
export const attemptedScript = defineScript(
  'attempted',
  page,
  /* lua */ `
local base, ordinal = KEYS[1], ARGV[1]
if not is_leased(base, ordinal, ARGV[2]) then return 0 end
redis.call('HDEL', base .. ':suspect', ordinal)
redis.call('HSET', base .. ':tries', ordinal, ARGV[3])
return 1
`,
);
