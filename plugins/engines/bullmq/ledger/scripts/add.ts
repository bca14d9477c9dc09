import { hashTable } from './hash-table.ts';
import { defineScript } from './script.ts';
import { worklist } from './worklist.ts';

/**
 * Adds requests for one reason, once: step, ordinal of the page that they follow ('' for none), the most pages of a
 * listing, place of the first of these among all of the step, whether these are the last; then for each: listing ('' is
 * the source's own), whether it opens that, its two hashes, the request. Answers state and place.
 */
export const addScript = defineScript(
  'add',
  hashTable,
  worklist,
  /* lua */ `
local base = KEYS[1]
local step, ordinal, most, from, last = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'
local state, steps = base .. ':state', base .. ':steps'
if redis.call('HGET', state, 'status') == 'ended' then return { 'over', 0 } end
if ordinal ~= '' then
  -- A page that is done has no steps any more: one that comes late must not add anything again.
  if redis.call('HEXISTS', base .. ':open', ordinal) == 0 then return { 'over', 0 } end
  step = step .. ':' .. ordinal
elseif redis.call('HEXISTS', state, 'begun') == 1 then
  return { 'added', 0 }
end
local handled = redis.call('HGET', steps, step)
if handled == 'all' then return { 'added', 0 } end
handled = tonumber(handled or 0)
local seen = table_open(base .. ':seen')
local hanging, answer, place = {}, 'added', 0
for i = 6, #ARGV, 4 do
  local index = from + (i - 6) / 4
  if index >= handled then
    local listing, opens, hashes, blob = ARGV[i], ARGV[i + 1] == '1', ARGV[i + 2], ARGV[i + 3]
    local count
    if listing == '' then
      count = redis.call('HGET', state, 'own')
    else
      count = redis.call('HGET', base .. ':lists', listing .. ':added')
    end
    if tonumber(count or 0) >= most then
      if listing == '' then redis.call('HSET', state, 'capped', 1) else answer = 'cap' end
      place = index
      break
    end
    if new_to_source(seen, hashes) then
      local packed = pack_request(base, listing, 0, blob)
      if listing == '' then redis.call('RPUSH', base .. ':wait', packed) else hanging[#hanging + 1] = packed end
    elseif not opens then
      answer, place = 'loop', index
      break
    end
    handled = index + 1
  end
end
table_save(seen)
-- A stack: what hangs from an item is done before more items are asked for, so that what waits stays bounded.
for i = #hanging, 1, -1 do redis.call('LPUSH', base .. ':hang', hanging[i]) end
if answer ~= 'added' or not last then
  redis.call('HSET', steps, step, handled)
elseif ordinal == '' then
  redis.call('HDEL', steps, step)
  redis.call('HSET', state, 'begun', 1)
else
  redis.call('HSET', steps, step, 'all')
end
return { answer, place }
`,
);
