/**
 * The hashes of all that pages have claimed. The latest are in a set of Redis: any number of them by one command, 10 ms of
 * a core for a thousand pages, 60 bytes each. When there are more than that, others go into buckets (see `hashSet`), which
 * take three times as long and a third of the memory. After `hashSet`.
 */
export const ownedHashes = /* lua */ `
local most_recent, hashes_at_once = 32768, 1000

local function owned_open(base)
  return { recent = base .. ':recent', older = set_open(base .. ':ids') }
end

local function each_slice(hashes, call)
  for from = 1, #hashes, hashes_at_once do call(from, math.min(from + hashes_at_once - 1, #hashes)) end
end

-- Those of the hashes that are there, as a set.
local function owned_among(owned, hashes)
  local known = {}
  each_slice(hashes, function(from, to)
    local found = redis.call('SMISMEMBER', owned.recent, unpack(hashes, from, to))
    for i = 1, #found do
      if found[i] == 1 then known[hashes[from + i - 1]] = true end
    end
  end)
  if owned.older.n > 0 then
    set_load(owned.older, hashes)
    for _, hash in ipairs(hashes) do
      if set_has(owned.older, hash) then known[hash] = true end
    end
  end
  return known
end

local function owned_add(owned, hashes)
  each_slice(hashes, function(from, to) redis.call('SADD', owned.recent, unpack(hashes, from, to)) end)
  local over = redis.call('SCARD', owned.recent) - most_recent
  if over <= 0 then return end
  local moved = redis.call('SPOP', owned.recent, over)
  set_load(owned.older, moved)
  for _, hash in ipairs(moved) do set_add(owned.older, hash) end
  set_save(owned.older)
end

local function owned_drop(owned, hashes)
  each_slice(hashes, function(from, to) redis.call('SREM', owned.recent, unpack(hashes, from, to)) end)
  if owned.older.n == 0 then return end
  set_load(owned.older, hashes)
  for _, hash in ipairs(hashes) do set_drop(owned.older, hash) end
  set_save(owned.older)
end
`;
