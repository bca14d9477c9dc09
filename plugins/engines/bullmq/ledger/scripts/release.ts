import { page } from './page.ts';
import { defineScript } from './script.ts';

/** Lets go of a page that somebody else is to do, and takes back the life that it cost: ordinal, token, listing. */
export const releaseScript = defineScript(
  'release',
  page,
  /* lua */ `
local base, ordinal, token, listing = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
if not is_leased(base, ordinal, token) then return 0 end
take_back(base, ordinal, listing)
let_go(base, ordinal)
redis.call('HDEL', base .. ':suspect', ordinal)
redis.call('HINCRBY', base .. ':lives', ordinal, -1)
return 1
`,
);
