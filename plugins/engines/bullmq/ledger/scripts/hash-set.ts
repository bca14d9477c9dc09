/**
 * A set of 64-bit hashes (8 bytes) in one Redis hash: a field for each bucket, with all that is in it behind each other. Any
 * number of them is looked up by one command and put in by another, and each takes its own bytes and some ten for its part
 * of a bucket, however many there are. It grows one bucket at a time, so that no call takes long: linear hashing (Litwin,
 * "Linear Hashing: A New Tool for File and Table Addressing", 1980).
 *
 * `set_load` must be called with all hashes that a call is about, `set_save` after changes.
 */
export const hashSet = /* lua */ `
-- Short buckets are cheap to read and write anew; the shorter, the more of memory goes for what is around them.
local bucket_load, fields_at_once = 8, 1000

local function set_open(name)
  local meta = redis.call('HMGET', name, 'n', 'b')
  local s = { name = name, n = tonumber(meta[1] or 0), b = tonumber(meta[2] or 1), half = 1, buckets = {}, dirty = {} }
  while s.half * 2 <= s.b do s.half = s.half * 2 end
  return s
end

local function bucket_of(s, hash)
  local i = struct.unpack('>I4', hash) % (s.half * 2)
  return i < s.b and i or i - s.half
end

-- Fields are bytes: a number would be printed for each of them.
local function bucket_field(index) return struct.pack('>I4', index) end

local function set_load(s, hashes)
  local buckets, indexes, fields, count = s.buckets, {}, {}, 0
  for i = 1, #hashes do
    local index = bucket_of(s, hashes[i])
    if not buckets[index] then
      buckets[index] = ''
      count = count + 1
      indexes[count], fields[count] = index, bucket_field(index)
    end
  end
  for from = 1, count, fields_at_once do
    local found = redis.call('HMGET', s.name, unpack(fields, from, math.min(from + fields_at_once - 1, count)))
    for i = 1, #found do buckets[indexes[from + i - 1]] = found[i] or '' end
  end
end

-- Where a hash begins in its bucket; nothing where it is not.
local function place_of(bucket, hash)
  local at = string.find(bucket, hash, 1, true)
  while at and at % 8 ~= 1 do at = string.find(bucket, hash, at + 1, true) end
  return at
end

local function set_has(s, hash) return place_of(s.buckets[bucket_of(s, hash)], hash) ~= nil end

-- The first of the buckets that have not been split in this round goes in two.
local function set_split(s)
  local from, into, modulus = s.b - s.half, s.b, s.half * 2
  local bucket = s.buckets[from] or redis.call('HGET', s.name, bucket_field(from)) or ''
  local kept, moved = {}, {}
  for at = 1, #bucket, 8 do
    local to = struct.unpack('>I4', bucket, at) % modulus == into and moved or kept
    to[#to + 1] = bucket:sub(at, at + 7)
  end
  s.buckets[from], s.buckets[into] = table.concat(kept), table.concat(moved)
  s.dirty[from], s.dirty[into] = true, true
  s.b = s.b + 1
  if s.b == modulus then s.half = s.b end
end

-- Answers whether it was there.
local function set_add(s, hash)
  local index = bucket_of(s, hash)
  local bucket = s.buckets[index]
  if place_of(bucket, hash) then return true end
  s.buckets[index] = bucket .. hash
  s.dirty[index] = true
  s.n = s.n + 1
  if s.n > s.b * bucket_load then set_split(s) end
  return false
end

local function set_drop(s, hash)
  local index = bucket_of(s, hash)
  local bucket = s.buckets[index]
  local at = place_of(bucket, hash)
  if not at then return end
  s.buckets[index] = bucket:sub(1, at - 1) .. bucket:sub(at + 8)
  s.dirty[index] = true
  s.n = s.n - 1
end

local function set_save(s)
  local fields, count = {}, 0
  for index in pairs(s.dirty) do
    fields[count + 1], fields[count + 2] = bucket_field(index), s.buckets[index]
    count = count + 2
  end
  if count == 0 then return end
  s.dirty = {}
  fields[count + 1], fields[count + 2], fields[count + 3], fields[count + 4] = 'n', s.n, 'b', s.b
  for from = 1, count + 4, fields_at_once do
    redis.call('HSET', s.name, unpack(fields, from, math.min(from + fields_at_once - 1, count + 4)))
  end
end
`;
