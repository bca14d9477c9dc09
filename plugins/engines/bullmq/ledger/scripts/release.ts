import { page } from './page.ts';
import { defineScript } from './script.ts';

/** Lets go of a page that somebody else is to do, and takes back the life that it cost: ordinal, token. */
export const releaseScript = defineScript(
  'release',
  page,
  /* lua */ `
local base, ordinal = KEYS[1], ARGV[1]
local page = page_leased(base, ordinal, ARGV[2])
if not page then return 0 end
take_back(base, ordinal, page)
let_go(base, page)
page[LIVES] = page[LIVES] - 1
page_write(base, ordinal, page)
return 1
`,
);
