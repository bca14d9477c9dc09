import { claims } from './claims.ts';
import { hashSet } from './hash-set.ts';
import { ownedHashes } from './owned-hashes.ts';
import { page } from './page.ts';
import { defineScript } from './script.ts';

/**
 * Claims bytes and records for a page: ordinal, token, hash of the bytes (8 zero bytes for none), the hashes of the ids.
 * Whoever claimed first owns them; a page claims again as often as it likes. Answers `yours`; `duplicates`, the ids that
 * others own and whether one of those pages is still open; `loop` and the same; or `stale`.
 */
export const claimScript = defineScript(
  'claim',
  hashSet,
  ownedHashes,
  page,
  claims,
  /* lua */ `
local base, ordinal, token, bytes = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local page = page_leased(base, ordinal, token)
if not page then return { 'stale' } end
if page[DEATHS] > 0 then
  -- It has been processed, and nobody has died.
  page[DEATHS] = 0
  page_write(base, ordinal, page)
end
local owned, held = owned_open(base), redis.call('HGET', base .. ':claims', ordinal)
local has_bytes = bytes ~= no_bytes
local first = has_bytes and 3 or 4
if not held and owned.older.n == 0 and #ARGV - first < hashes_at_once and first <= #ARGV then
  -- As nearly all: a page that nobody has had before, and nothing in it that another has.
  local is_new = true
  for _, known in ipairs(redis.call('SMISMEMBER', owned.recent, unpack(ARGV, first))) do
    if known == 1 then is_new = false end
  end
  if is_new then
    owned_add(owned, { unpack(ARGV, first) })
    redis.call('HSET', base .. ':claims', ordinal, '1' .. table.concat(ARGV, '', first))
    count_handed(base, page, 1)
    return { 'yours' }
  end
end
local hashes = {}
for i = 4, #ARGV do hashes[i - 3] = ARGV[i] end
local mine, claims, asked, fresh, others = {}, { '1', has_bytes and bytes or '' }, {}, {}, {}
if held then
  local claimed, gone = { [bytes] = true }, {}
  for _, id in ipairs(hashes) do claimed[id] = true end
  for _, hash in ipairs(hashes_in(held, 2)) do
    if claimed[hash] then mine[hash] = true else gone[#gone + 1] = hash end
  end
  owned_drop(owned, gone)
end
for i = 1, #hashes do
  if not mine[hashes[i]] then asked[#asked + 1] = hashes[i] end
end
if has_bytes and not mine[bytes] then
  asked[#asked + 1] = bytes
  fresh[1] = bytes
end
local known = owned_among(owned, asked)
if fresh[1] and known[bytes] then
  local kept = {}
  for hash in pairs(mine) do kept[#kept + 1] = hash end
  owned_drop(owned, kept)
  take_back(base, ordinal, page)
  redis.call('HDEL', base .. ':claims', ordinal)
  -- What it is refused for is no processing any more.
  redis.call('HDEL', base .. ':suspect', ordinal)
  return { 'loop', is_undecided(base, ordinal, { bytes }) }
end
for i = 1, #hashes do
  local id = hashes[i]
  if known[id] then
    others[#others + 1] = id
  else
    claims[#claims + 1] = id
    if not mine[id] then fresh[#fresh + 1] = id end
  end
end
owned_add(owned, fresh)
redis.call('HSET', base .. ':claims', ordinal, table.concat(claims))
if not is_handed(held) then count_handed(base, page, 1) end
if #others == 0 then return { 'yours' } end
return { 'duplicates', is_undecided(base, ordinal, others), table.concat(others) }
`,
);
