/**
 * A table from 64-bit hashes (8 bytes) to small texts, over many small Redis hashes: each stays in the compact form that
 * Redis gives to hashes of at most 128 fields, about 17 bytes an entry, however many there are. It grows one bucket at
 * a time, so that no call takes long: linear hashing (Litwin, "Linear Hashing: A New Tool for File and Table
 * Addressing", 1980). `table_save` must be called after changes.
 */
export const hashTable = /* lua */ `
local bucket_load = 40

local function table_open(name)
  local meta = redis.call('HMGET', name, 'n', 'b')
  local t = { name = name, n = tonumber(meta[1] or 0), b = tonumber(meta[2] or 1), half = 1 }
  while t.half * 2 <= t.b do t.half = t.half * 2 end
  return t
end

local function table_index(t, hash)
  local v = struct.unpack('>I4', hash)
  local i = v % (t.half * 2)
  if i >= t.b then i = i - t.half end
  return t.name .. ':' .. i
end

local function table_get(t, hash)
  return redis.call('HGET', table_index(t, hash), hash)
end

-- The first of the buckets that have not been split in this round goes in two.
local function table_split(t)
  local from = t.name .. ':' .. (t.b - t.half)
  local all = redis.call('HGETALL', from)
  local moved, gone = {}, {}
  for i = 1, #all, 2 do
    local v = struct.unpack('>I4', all[i])
    if v % (t.half * 2) == t.b then
      moved[#moved + 1] = all[i]
      moved[#moved + 1] = all[i + 1]
      gone[#gone + 1] = all[i]
    end
  end
  if #gone > 0 then
    redis.call('HSET', t.name .. ':' .. t.b, unpack(moved))
    redis.call('HDEL', from, unpack(gone))
  end
  t.b = t.b + 1
  if t.b == t.half * 2 then t.half = t.b end
end

local function table_grow(t)
  t.n = t.n + 1
  t.changed = true
  if t.n > t.b * bucket_load then table_split(t) end
end

local function table_put(t, hash, value)
  if redis.call('HSET', table_index(t, hash), hash, value) == 1 then table_grow(t) end
end

-- Puts it in where nothing is there; returns what is. One command for what is new, as nearly all is.
local function table_claim(t, hash, value)
  local bucket = table_index(t, hash)
  if redis.call('HSETNX', bucket, hash, value) == 0 then return redis.call('HGET', bucket, hash) end
  table_grow(t)
  return nil
end

local function table_drop(t, hash)
  if redis.call('HDEL', table_index(t, hash), hash) == 1 then
    t.n = t.n - 1
    t.changed = true
  end
end

local function table_save(t)
  if t.changed then redis.call('HSET', t.name, 'n', t.n, 'b', t.b) end
end
`;
