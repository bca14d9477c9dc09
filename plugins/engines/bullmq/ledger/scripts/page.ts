/**
 * What becomes of an open page. It is `handed` once its records have been claimed and go to the sinks: from then on it
 * makes room in the queue for others.
 */
export const page = /* lua */ `
local function is_leased(base, ordinal, token)
  return redis.call('HGET', base .. ':lease', ordinal) == token
end

local function hand(base, ordinal, listing)
  if redis.call('SADD', base .. ':handed', ordinal) == 1 and listing == '' then
    redis.call('HINCRBY', base .. ':state', 'branching', -1)
  end
end

local function take_back(base, ordinal, listing)
  if redis.call('SREM', base .. ':handed', ordinal) == 1 and listing == '' then
    redis.call('HINCRBY', base .. ':state', 'branching', 1)
  end
end

local function let_go(base, ordinal)
  redis.call('HDEL', base .. ':lease', ordinal)
end

local function tell(run, outcome)
  redis.call('XADD', run .. ':outcomes', '*', 'o', outcome)
end

-- Nothing of it is left but that it is done. Its claims on records stay, unless \`drop_claims\` was called before.
local function close(base, ordinal, listing)
  redis.call('SETBIT', base .. ':done', ordinal, 1)
  if redis.call('SREM', base .. ':handed', ordinal) == 0 and listing == '' then
    redis.call('HINCRBY', base .. ':state', 'branching', -1)
  end
  for _, part in ipairs({ ':open', ':lease', ':tries', ':lives', ':suspect', ':deaths', ':claims' }) do
    redis.call('HDEL', base .. part, ordinal)
  end
  redis.call('HDEL', base .. ':steps', 'ahead:' .. ordinal, 'next:' .. ordinal, 'open:' .. ordinal)
  if listing ~= '' then
    local lists = base .. ':lists'
    -- Nothing follows a listing without pages: what is known of it would only take room.
    if redis.call('HINCRBY', lists, listing .. ':pending', -1) <= 0 then
      redis.call('HDEL', lists, listing .. ':added', listing .. ':pending', listing .. ':stale', listing .. ':error')
    end
  end
end
`;
