import { begin } from './begin.ts';
import { openPages } from './open-pages.ts';
import { page } from './page.ts';
import { defineScript } from './script.ts';

/**
 * Opens pages that follow on others: window, branching, how many at most for the queue, then for each page that the worker
 * would take itself the lot it belongs to and the token. Answers for each that it got what `begin` tells, in the order of
 * the lots; the ordinals of those for the queue, each a lot of its own; and what `open_pages` does.
 */
export const takeScript = defineScript(
  'take',
  page,
  begin,
  openPages,
  /* lua */ `
local base, lots, begun, taken = KEYS[1], (#ARGV - 3) / 2, {}, {}
local left = open_pages(base, lots + tonumber(ARGV[3]), tonumber(ARGV[1]), tonumber(ARGV[2]), function(ordinal, page)
  if #begun == lots then
    taken[#taken + 1] = ordinal
    return
  end
  local at = 4 + #begun * 2
  page[LOT] = tonumber(ARGV[at])
  begun[#begun + 1] = begin(base, ordinal, page, ARGV[at + 1])
end)
add_to(base, 'leased', newly_leased)
return { begun, taken, unpack(left) }
`,
);
