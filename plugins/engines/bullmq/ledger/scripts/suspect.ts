import { page } from './page.ts';
import { defineScript } from './script.ts';

/** Notes that a page is being processed: should the worker die now, it may be by this page. Ordinal, token. */
export const suspectScript = defineScript(
  'suspect',
  page,
  /* lua */ `
local base, ordinal = KEYS[1], ARGV[1]
if not is_leased(base, ordinal, ARGV[2]) then return 0 end
redis.call('HSET', base .. ':suspect', ordinal, 1)
return 1
`,
);
