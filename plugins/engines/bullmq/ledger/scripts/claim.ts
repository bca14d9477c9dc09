import { claims } from './claims.ts';
import { hashTable } from './hash-table.ts';
import { page } from './page.ts';
import { defineScript } from './script.ts';

/**
 * Claims bytes and records for a page: ordinal, token, listing, hash of the bytes (8 zero bytes for none), hashes of the
 * ids in one. Whoever claimed first owns them; a page claims again as often as it likes. Answers `yours`; `duplicates`,
 * the ids that others own and whether one of those pages is still open; `loop` and the same; or `stale`.
 */
export const claimScript = defineScript(
  'claim',
  hashTable,
  page,
  claims,
  /* lua */ `
local base, ordinal, token, listing, bytes, hashes = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if not is_leased(base, ordinal, token) then return { 'stale' } end
-- It has been processed, and nobody has died.
redis.call('HDEL', base .. ':suspect', ordinal)
redis.call('HDEL', base .. ':deaths', ordinal)
local ids, pages = table_open(base .. ':ids'), table_open(base .. ':pages')
local kept = { ['p' .. bytes] = true }
for i = 1, #hashes, 8 do kept['i' .. hashes:sub(i, i + 7)] = true end
drop_claims(base, ids, pages, ordinal, kept)
local function is_done(owner) return redis.call('GETBIT', base .. ':done', owner) == 1 end
local function finish(answer)
  table_save(ids)
  table_save(pages)
  return answer
end
if bytes ~= no_bytes then
  local owner = table_get(pages, bytes)
  if owner and owner ~= ordinal then
    redis.call('HDEL', base .. ':claims', ordinal)
    for i = 1, #hashes, 8 do
      local id = hashes:sub(i, i + 7)
      if table_get(ids, id) == ordinal then table_drop(ids, id) end
    end
    return finish({ 'loop', is_done(owner) and 0 or 1 })
  end
  table_put(pages, bytes, ordinal)
end
local others, mine, undecided = {}, { bytes }, 0
for i = 1, #hashes, 8 do
  local id = hashes:sub(i, i + 7)
  local owner = table_claim(ids, id, ordinal)
  if owner and owner ~= ordinal then
    others[#others + 1] = id
    if not is_done(owner) then undecided = 1 end
  else
    mine[#mine + 1] = id
  end
end
redis.call('HSET', base .. ':claims', ordinal, table.concat(mine))
hand(base, ordinal, listing)
if #others == 0 then return finish({ 'yours' }) end
return finish({ 'duplicates', undecided, table.concat(others) })
`,
);
