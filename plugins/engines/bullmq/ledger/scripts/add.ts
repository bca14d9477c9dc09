import { hashSet } from './hash-set.ts';
import { page } from './page.ts';
import { defineScript } from './script.ts';
import { worklist } from './worklist.ts';

/**
 * Adds requests for one reason, once: step, ordinal of the page that they follow ('' for none), the most pages of a
 * listing, place of the first of these among all of the step, whether these are the last; then for each: listing ('' is
 * the source's own), whether it opens that, its two hashes, the request. Answers state and place.
 */
export const addScript = defineScript(
  'add',
  hashSet,
  page,
  worklist,
  /* lua */ `
local base = KEYS[1]
local step, ordinal, most, from, last = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
local state, lists = base .. ':state', base .. ':lists'
local known = redis.call('HMGET', state, 'status', 'begun', 'begun_at', 'added', 'own')
if known[1] == 'ended' then return { 'over', 0 } end
local page, handled
if ordinal ~= '' then
  page = page_read(base, ordinal)
  -- A page that is done has no steps any more: one that comes late must not add anything again.
  if not page then return { 'over', 0 } end
  handled = page[STEPS[step]]
else
  handled = known[2] and 'all' or known[3] or 0
end
if handled == 'all' then return { 'added', 0 } end
handled = tonumber(handled)
local seen, hashes = set_open(base .. ':seen'), {}
for i = 8, #ARGV, 4 do
  hashes[#hashes + 1] = ARGV[i]:sub(1, 8)
  hashes[#hashes + 1] = ARGV[i]:sub(9, 16)
end
set_load(seen, hashes)
local added, own, latest = tonumber(known[4] or 0), tonumber(known[5] or 0), nil
local waiting, hanging, fields, answer, place = {}, {}, {}, 'added', 0
local function set(field, value) fields[#fields + 1], fields[#fields + 2] = field, value end
for i = 6, #ARGV, 4 do
  local index = from + (i - 6) / 4
  if index >= handled then
    local listing, opens, blob = ARGV[i], ARGV[i + 1] == '1', ARGV[i + 3]
    local count = own
    if listing ~= '' then count = tonumber(redis.call('HGET', lists, listing .. ':added') or 0) end
    if count >= most then
      if listing == '' then set('capped', 1) else answer = 'cap' end
      place = index
      break
    end
    if new_to_source(seen, ARGV[i + 2]) then
      local packed = pack_request(added, listing, 0, blob)
      added = added + 1
      if listing == '' then
        own, latest = own + 1, blob
        waiting[#waiting + 1] = packed
      else
        redis.call('HINCRBY', lists, listing .. ':added', 1)
        redis.call('HINCRBY', lists, listing .. ':pending', 1)
        hanging[#hanging + 1] = packed
      end
    elseif not opens then
      answer, place = 'loop', index
      break
    end
    handled = index + 1
  end
end
set_save(seen)
if #waiting > 0 then redis.call('RPUSH', base .. ':wait', unpack(waiting)) end
-- A stack: what hangs from an item is done before more items are asked for, so that what waits stays bounded.
for i = #hanging, 1, -1 do redis.call('LPUSH', base .. ':hang', hanging[i]) end
if latest then set('last', latest) end
if #waiting + #hanging > 0 then
  set('added', added)
  set('own', own)
end
local all = answer == 'added' and last
if page then
  page[STEPS[step]] = all and 'all' or handled
  page_write(base, ordinal, page)
elseif all then
  set('begun', 1)
else
  set('begun_at', handled)
end
if #fields > 0 then redis.call('HSET', state, unpack(fields)) end
return { answer, place }
`,
);
