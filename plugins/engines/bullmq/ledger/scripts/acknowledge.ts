import { page } from './page.ts';
import { defineScript } from './script.ts';

/** Places in the arguments that a page takes. */
const argumentsOfPage = 12;

/**
 * Makes pages done: session, number, tallies ('' for none), count of positions, then name and position each, then for
 * each page: source, ordinal, token, listing, extra, items, declared total ('' for none), whether it opens a listing ('' for
 * a source with one), dependent resource, records, duplicates, outcome. All or nothing: the output of a session is
 * cut at its position, so a page that is another's now must not be in what is acknowledged. Answers nothing where it is
 * refused; else for each page the empty pages in a row and the place of its source among the totals, and the totals.
 */
export const acknowledgeScript = defineScript(
  'acknowledge',
  page,
  /* lua */ `
local run, session, number, tallies, positions = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local first = 5 + positions * 2
local width = ${argumentsOfPage}
local before = tonumber(redis.call('HGET', run .. ':sessions', session) or 0)
-- A server that was stopped hard may have forgotten the last calls: nothing may be built on what it does not know.
if number > before + 1 then return false end
local again = number <= before
local function base_of(at) return run .. ':s:' .. ARGV[at] end
if not again then
  for at = first, #ARGV, width do
    if not is_leased(base_of(at), ARGV[at + 1], ARGV[at + 2]) then return false end
  end
end

local function count(totals, child, items, total, opens)
  local prefix = child == '' and '' or child .. ':'
  redis.call('HINCRBY', totals, prefix .. 'items', items)
  local declared = redis.call('HGET', totals, prefix .. 'declared')
  if opens == '' then
    if total ~= '' then declared = total end
  elseif opens == '1' then
    -- One listing of many that declares nothing leaves nothing to hold all the items against.
    if total == '' then redis.call('HSET', totals, prefix .. 'untold', 1) end
    if redis.call('HEXISTS', totals, prefix .. 'untold') == 1 then
      declared = false
    else
      declared = string.format('%.0f', tonumber(total) + tonumber(declared or 0))
    end
  end
  if declared then
    local most = tonumber(redis.call('HGET', totals, prefix .. 'most') or 0)
    redis.call('HSET', totals, prefix .. 'declared', declared)
    if tonumber(declared) >= most then redis.call('HSET', totals, prefix .. 'most', declared) end
  else
    redis.call('HDEL', totals, prefix .. 'declared')
  end
  if items == '0' then
    redis.call('HINCRBY', totals, prefix .. 'empty', 1)
  else
    redis.call('HSET', totals, prefix .. 'empty', 0)
  end
end

local stale, sources, order = {}, {}, {}
for at = first, #ARGV, width do
  local base, ordinal, listing = base_of(at), ARGV[at + 1], ARGV[at + 3]
  local state = base .. ':state'
  if not sources[ARGV[at]] then
    order[#order + 1] = base
    sources[ARGV[at]] = #order
  end
  local rows = listing == '' and state or base .. ':lists'
  local field = listing == '' and 'stale' or listing .. ':stale'
  if not again then
    count(base .. ':totals', ARGV[at + 8], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7])
    if ARGV[at + 9] == '0' and ARGV[at + 10] ~= '0' then
      redis.call('HINCRBY', rows, field, 1)
    else
      redis.call('HDEL', rows, field)
    end
  end
  stale[#stale + 1] = { tonumber(redis.call('HGET', rows, field) or 0), sources[ARGV[at]] }
  if not again then
    redis.call('HINCRBY', state, 'delivered', 1)
    if ARGV[at + 4] == '1' and ARGV[at + 9] == '0' then redis.call('HSET', state, 'extras_ended', 1) end
    tell(run, ARGV[at + 11])
    close(base, ordinal, listing)
  end
end
if not again then
  if tallies ~= '' then tell(run, tallies) end
  for at = 5, first - 1, 2 do redis.call('HSET', run .. ':parts', session .. ' ' .. ARGV[at], ARGV[at + 1]) end
  redis.call('HSET', run .. ':sessions', session, number)
end
local totals = {}
for i, base in ipairs(order) do totals[i] = redis.call('HGETALL', base .. ':totals') end
return { stale, totals }
`,
);
