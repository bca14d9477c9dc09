/** Puts a request on what waits; \`new_to_source\` says whether it was there before, and marks it as seen. */
export const worklist = /* lua */ `
local function new_to_source(seen, hashes)
  local key, target = hashes:sub(1, 8), hashes:sub(9, 16)
  local known = table_get(seen, key) or table_get(seen, target)
  table_put(seen, key, '')
  table_put(seen, target, '')
  return not known
end

local function pack_request(base, listing, extra, blob)
  local state = base .. ':state'
  local ordinal = redis.call('HINCRBY', state, 'added', 1) - 1
  if listing == '' then
    redis.call('HINCRBY', state, 'own', 1)
    redis.call('HSET', state, 'last', blob)
  else
    redis.call('HINCRBY', base .. ':lists', listing .. ':added', 1)
    redis.call('HINCRBY', base .. ':lists', listing .. ':pending', 1)
  end
  return cmsgpack.pack({ ordinal, extra, listing, blob })
end
`;
