/**
 * What becomes of an open page. All that is known of it is one packed list in `open`, so that a step reads it by one
 * command and writes it by another; but for what it has claimed, in `claims`. That begins with 1 once it is handed on: its
 * records go to the sinks, and it makes room for others. With 0 the claims are those of a worker that had it before.
 */
export const page = /* lua */ `
-- Places in the list. An empty token: nobody has it. The steps are how many requests have been added for each reason, or
-- 'all'.
local EXTRA, LISTING, REQUEST, LOT, TOKEN, BEGUN, LIVES, DEATHS, TRIES = 1, 2, 3, 4, 5, 6, 7, 8, 9
local STEPS = { ahead = 10, next = 11, open = 12 }

local function page_read(base, ordinal)
  local packed = redis.call('HGET', base .. ':open', ordinal)
  return packed and cmsgpack.unpack(packed)
end

local function page_write(base, ordinal, page)
  redis.call('HSET', base .. ':open', ordinal, cmsgpack.pack(page))
end

-- The page, if it is still that of the token.
local function page_leased(base, ordinal, token)
  local page = page_read(base, ordinal)
  return page and page[TOKEN] == token and page
end

-- Counts in the state of a source: pages that somebody has, those that the sinks have, and those of dependent listings
-- that the sinks do not have.
local function add_to(base, field, count)
  if count ~= 0 then redis.call('HINCRBY', base .. ':state', field, count) end
end

local function is_handed(held) return held and held:sub(1, 1) == '1' end

local function count_handed(base, page, more)
  add_to(base, 'handed', more)
  if page[LISTING] ~= '' then add_to(base, 'hanging', -more) end
end

-- Of a page that is handed on no more, its claims are still known; answers them.
local function take_back(base, ordinal, page)
  local held = redis.call('HGET', base .. ':claims', ordinal)
  if is_handed(held) then
    redis.call('HSET', base .. ':claims', ordinal, '0' .. held:sub(2))
    count_handed(base, page, -1)
  end
  return held
end

local function let_go(base, page)
  if page[TOKEN] ~= '' then add_to(base, 'leased', -1) end
  page[TOKEN] = ''
end

local function tell(run, outcome)
  redis.call('XADD', run .. ':outcomes', '*', 'o', outcome)
end

-- Nothing of these pages, by ordinal, is left but that they are done. What they have claimed is theirs for ever.
local function close(base, pages)
  local ordinals, leased = {}, 0
  for ordinal, page in pairs(pages) do
    ordinals[#ordinals + 1] = ordinal
    redis.call('SETBIT', base .. ':done', ordinal, 1)
    if page[TOKEN] ~= '' then leased = leased + 1 end
    if page[LISTING] ~= '' then
      if not is_handed(redis.call('HGET', base .. ':claims', ordinal)) then add_to(base, 'hanging', -1) end
      local lists, listing = base .. ':lists', page[LISTING]
      -- Nothing follows a listing without pages: what is known of it would only take room.
      if redis.call('HINCRBY', lists, listing .. ':pending', -1) <= 0 then
        redis.call('HDEL', lists, listing .. ':added', listing .. ':pending', listing .. ':stale', listing .. ':error')
      end
    end
  end
  add_to(base, 'leased', -leased)
  for from = 1, #ordinals, 1000 do
    local some = { unpack(ordinals, from, math.min(from + 999, #ordinals)) }
    redis.call('HDEL', base .. ':open', unpack(some))
    redis.call('HDEL', base .. ':suspect', unpack(some))
    add_to(base, 'handed', -redis.call('HDEL', base .. ':claims', unpack(some)))
  end
end
`;
