import { page } from './page.ts';
import { defineScript } from './script.ts';
import { totals } from './totals.ts';

/** Places in the arguments that a page takes. */
const argumentsOfPage = 12;

/**
 * Makes pages done: session, number, tallies ('' for none), count of positions, then name and position each, then for
 * each page: source, ordinal, token, listing, extra, items, declared total ('' for none), whether it opens a listing ('' for
 * a source with one), dependent resource, records, duplicates, outcome. All or nothing: the output of a session is
 * cut at its position, so a page that is another's now must not be in what is acknowledged. What is known of a source is
 * read and written once, however many of its pages there are.
 *
 * Answers nothing where it is refused; else for each page the empty pages in a row and the place of its source among the
 * sources, and for each of these the totals and whether it may be at its end.
 */
export const acknowledgeScript = defineScript(
  'acknowledge',
  page,
  totals,
  /* lua */ `
local run, session, number, tallies, positions = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local first, width = 5 + positions * 2, ${argumentsOfPage}
local before = tonumber(redis.call('HGET', run .. ':sessions', session) or 0)
-- A server that was stopped hard may have forgotten the last calls: nothing may be built on what it does not know.
if number > before + 1 then return false end
local again = number <= before

local sources, order = {}, {}
for at = first, #ARGV, width do
  local source = sources[ARGV[at]]
  if not source then
    source = { base = run .. ':s:' .. ARGV[at], ordinals = {}, pages = {}, tokens = {}, totals = {}, stale = {} }
    order[#order + 1], source.place = source, #order + 1
    sources[ARGV[at]] = source
  end
  source.ordinals[#source.ordinals + 1] = ARGV[at + 1]
  source.tokens[#source.tokens + 1] = ARGV[at + 2]
end
if not again then
  for _, source in ipairs(order) do
    for from = 1, #source.ordinals, 1000 do
      local to = math.min(from + 999, #source.ordinals)
      local open = redis.call('HMGET', source.base .. ':open', unpack(source.ordinals, from, to))
      for i, packed in ipairs(open) do
        local page = packed and cmsgpack.unpack(packed)
        if not page or page[TOKEN] ~= source.tokens[from + i - 1] then return false end
        source.pages[source.ordinals[from + i - 1]] = page
      end
    end
  end
end

-- Pages in a row that held items and nothing new, of a listing.
local function stale_of(source, listing)
  local known = source.stale[listing]
  if not known then
    local rows, field = source.base .. ':state', 'stale'
    if listing ~= '' then rows, field = source.base .. ':lists', listing .. ':stale' end
    local count = tonumber(redis.call('HGET', rows, field) or 0)
    known = { rows = rows, field = field, before = count, count = count }
    source.stale[listing] = known
  end
  return known
end

local stale = {}
for at = first, #ARGV, width do
  local source, listing, child = sources[ARGV[at]], ARGV[at + 3], ARGV[at + 8]
  local row = stale_of(source, listing)
  if not again then
    if not source.totals[child] then source.totals[child] = totals_read(source.base, child) end
    totals_add(source.totals[child], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7])
    row.count = ARGV[at + 9] == '0' and ARGV[at + 10] ~= '0' and row.count + 1 or 0
    if ARGV[at + 4] == '1' and ARGV[at + 9] == '0' then redis.call('HSET', source.base .. ':state', 'extras_ended', 1) end
    tell(run, ARGV[at + 11])
  end
  stale[#stale + 1] = { row.count, source.place }
end
if not again then
  for _, source in ipairs(order) do
    for _, of in pairs(source.totals) do totals_write(source.base, of) end
    for _, row in pairs(source.stale) do
      if row.count > 0 then
        redis.call('HSET', row.rows, row.field, row.count)
      elseif row.before > 0 then
        redis.call('HDEL', row.rows, row.field)
      end
    end
    add_to(source.base, 'delivered', #source.ordinals)
    close(source.base, source.pages)
  end
  if tallies ~= '' then tell(run, tallies) end
  for at = 5, first - 1, 2 do redis.call('HSET', run .. ':parts', session .. ' ' .. ARGV[at], ARGV[at + 1]) end
  redis.call('HSET', run .. ':sessions', session, number)
end
-- It may be at its end: nothing is in work, and nothing waits to be.
local function is_at_rest(base)
  local state = redis.call('HMGET', base .. ':state', 'leased', 'status')
  if tonumber(state[1] or 0) > 0 then return false end
  return state[2] or redis.call('EXISTS', base .. ':open', base .. ':wait', base .. ':hang') == 0
end
local left = {}
for i, source in ipairs(order) do
  left[i] = { redis.call('HGETALL', source.base .. ':totals'), is_at_rest(source.base) and 1 or 0 }
end
return { stale, left }
`,
);
