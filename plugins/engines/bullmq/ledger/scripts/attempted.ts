import { page } from './page.ts';
import { defineScript } from './script.ts';

/** Keeps the attempts that a page has used: ordinal, token, attempts. */
export const attemptedScript = defineScript(
  'attempted',
  page,
  /* lua */ `
local base, ordinal = KEYS[1], ARGV[1]
local page = page_leased(base, ordinal, ARGV[2])
if not page then return 0 end
-- It is not being processed any more.
redis.call('HDEL', base .. ':suspect', ordinal)
page[TRIES] = tonumber(ARGV[3])
page_write(base, ordinal, page)
return 1
`,
);
