import { begin } from './begin.ts';
import { page } from './page.ts';
import { defineScript } from './script.ts';

/**
 * Begins the work on a lot: its name, token. Answers what `begin` tells of each of its pages that is not over; a lot that
 * nobody has had is the page whose ordinal it is named by.
 */
export const startScript = defineScript(
  'start',
  page,
  begin,
  /* lua */ `
local base, lot, token = KEYS[1], tonumber(ARGV[1]), ARGV[2]
local first = page_read(base, ARGV[1])
local pages = { [ARGV[1]] = first or nil }
if not first or first[BEGUN] == 1 then
  -- Whoever had it may have taken more pages into it.
  local all = redis.call('HGETALL', base .. ':open')
  for i = 1, #all, 2 do
    local page = cmsgpack.unpack(all[i + 1])
    if page[LOT] == lot then pages[all[i]] = page end
  end
end
local status = redis.call('HGET', base .. ':state', 'status')
local begun = {}
for ordinal, page in pairs(pages) do
  if status == 'refused' or status == 'ended' then
    -- Whoever had it before is gone: the source need not wait for it.
    let_go(base, page)
  else
    begun[#begun + 1] = begin(base, ordinal, page, token)
  end
  page_write(base, ordinal, page)
end
add_to(base, 'leased', newly_leased)
return begun
`,
);
