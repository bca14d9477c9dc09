import { begin } from './begin.ts';
import { openPages } from './open-pages.ts';
import { page } from './page.ts';
import { defineScript } from './script.ts';

/** Opens pages for the queue, each a lot of its own: window, branching. Answers their ordinals, and what `open_pages` does. */
export const sliceScript = defineScript(
  'slice',
  page,
  begin,
  openPages,
  /* lua */ `
local base, window, taken = KEYS[1], tonumber(ARGV[1]), {}
local left = open_pages(base, window, window, tonumber(ARGV[2]), function(ordinal) taken[#taken + 1] = ordinal end)
return { taken, unpack(left) }
`,
);
