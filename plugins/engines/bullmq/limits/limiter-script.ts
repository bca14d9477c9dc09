import { defineScript } from '../redis/script.ts';
import { windowsLua } from './limiter-windows.ts';

/**
 * One turn of a worker at a limiter that all workers share, as one step: takes in what became of its permits and what it
 * asks of the limiter (a pause, a lower limit), and hands out permits. `limiter-protocol.ts` says what goes in and out.
 *
 * The same "sliding window log" as the local limiter's, with the server's time as the one clock. A call that comes twice,
 * because its answer was lost, gets the same answer.
 */
export const limiterScript = defineScript(`${windowsLua}
-- A server that lost its memory: what went out before is not known, so the windows count as full, once. One that lost the
-- end of it (a write that was not on the disk, a replica that lagged): the permits that a worker knows of count as sent.
if call.seenEpoch ~= '' and call.seenEpoch ~= state.epoch then
  if state.filled == nil then log(now, most) end
  state.filled = '1'
elseif call.seenEpoch ~= '' and call.seenCount > count then
  log(now, call.seenCount - count)
  count = call.seenCount
end

-- Permits of workers that are gone. They may have been sent until this moment, and can't be any more.
if out > 0 then
  local gone = redis.call('ZRANGEBYSCORE', openKey, '-inf', stamp(now))
  for _, member in ipairs(gone) do
    redis.call('ZREM', openKey, member)
    out = out - placesOf(member)
    log(now, placesOf(member))
  end
end

take_out(call.sent)
-- One that was not open any more was counted when it expired; as nobody knows whether it went out before, it counts anew.
for _, sent in ipairs(call.sent) do log(now - sent[3], sent[2]) end
take_out(call.released)

local pausedUntil = number('pausedUntil', 0)
if call.pauseMs > 0 and now + call.pauseMs > pausedUntil then pausedUntil = now + call.pauseMs end

-- Workers that meet the same refusal at the same time lower the limit once.
local lowerAgain, steps, pauseEnds = number('lowerAgain', 0), number('steps', 0), number('pauseEnds', 0)
if now >= lowerAgain then
  for _ = 1, call.lower do
    for _, window in ipairs(windows) do
      window.allowed = math.ceil(window.allowed / 2)
      window.began = nil
    end
  end
end
if call.storm then
  local storm = call.storm
  if storm.steps == 0 then steps = 0 else steps = math.max(steps, storm.steps) end
  pauseEnds = math.max(pauseEnds, now + storm.pauseMs)
  lowerAgain = math.max(lowerAgain, now + storm.lowerMs)
end

-- Who needs many places is not overtaken by workers that need few.
local reserved, needed = 0, state.need ~= nil
if state.need and state.need ~= call.worker then
  if number('needUntil', 0) > now then reserved = number('needPlaces', 0) else state.need = nil end
end
local function fits(places)
  for _, window in ipairs(windows) do
    local used = window.used + out
    if not (used == 0 and reserved == 0) and used + places + reserved > window.allowed then return false end
  end
  return true
end

-- Workers that were told to come now get their share; those that come later find what will be free then.
local due, promised, batch = 0, 0, math.huge
for _, window in ipairs(windows) do batch = math.min(batch, math.max(1, math.floor(window.allowed / 100))) end
if #call.wants > 0 then
  redis.call('ZREM', queueKey, call.worker)
  -- Who does not come in time has gone, or has nothing more to ask for.
  redis.call('ZREMRANGEBYSCORE', queueKey, '-inf', stamp(now - 200))
  promised = batch * redis.call('ZCARD', queueKey)
  due = redis.call('ZCOUNT', queueKey, '-inf', stamp(now + 5))
end
local free = math.huge
for _, window in ipairs(windows) do free = math.min(free, window.allowed - window.used - out - reserved) end
local share = due == 0 and math.huge or math.ceil(free / (1 + due))

local granted, given, shared, permits = 0, 0, false, {}
local until_stamp = stamp(now + call.leaseMs)
if now >= pausedUntil then
  for i, places in ipairs(call.wants) do
    if not fits(places) then break end
    if granted > 0 and given + places > share then
      shared = true
      break
    end
    permits[#permits + 1] = until_stamp
    permits[#permits + 1] = call.id .. '/' .. i .. ':' .. places
    granted = granted + 1
    given = given + places
    out = out + places
  end
end
add_all(openKey, permits)
count = count + given
if granted > 0 then
  for _, window in ipairs(windows) do
    if window.allowed < window.requests then
      if window.began == nil then window.began = now
      elseif window.began + window.length <= now then
        window.began = now
        window.allowed = math.min(window.requests, window.allowed + math.ceil(window.requests / 20))
      end
    end
  end
end

write_log()
-- When to ask again: as soon as there is a place for each worker that was here before, and one for this one.
local again = -1
local left = #call.wants - granted
if left > 0 then
  local first = call.wants[granted + 1]
  if now < pausedUntil then again = pausedUntil - now
  elseif shared then again = 5
  else
    again = 1
    for _, window in ipairs(windows) do
      local ahead = math.min(promised, window.allowed) + math.min(left, batch) - 1
      local missing = window.used + out + first + reserved + ahead - window.allowed
      if missing > 0 then
        local at, found = nil, 0
        local walk = redis.call('ZRANGEBYSCORE', logKey, '(' .. stamp(window.edge), '+inf', 'WITHSCORES', 'LIMIT', 0, missing)
        for i = 1, #walk, 2 do
          found = found + placesOf(walk[i])
          at = tonumber(walk[i + 1])
          if found >= missing then break end
        end
        -- The rest is not sent yet: it frees a place when it is given back, or a window after it was sent.
        local wait = found >= missing and at + window.length - now or math.min(shortest / 2, 250)
        again = math.max(again, wait)
      end
    end
    if first > 1 and reserved == 0 then
      state.need, state.needPlaces, state.needUntil = call.worker, first, stamp(now + again + 1000)
    end
  end
  again = math.min(again, 2000)
  redis.call('ZADD', queueKey, stamp(now + again), call.worker)
else
  redis.call('ZREM', queueKey, call.worker)
end
if state.need == call.worker and (left == 0 or call.wants[granted + 1] == 1) then state.need = nil end
if needed and state.need == nil then redis.call('HDEL', stateKey, 'need') end

local fields = {
  'epoch', state.epoch, 'count', count, 'out', out, 'shift', stamp(shift), 'last', stamp(now),
  'pausedUntil', stamp(pausedUntil), 'lowerAgain', stamp(lowerAgain), 'pauseEnds', stamp(pauseEnds), 'steps', steps,
}
local function set(field, value)
  if value ~= nil then
    fields[#fields + 1] = field
    fields[#fields + 1] = value
  end
end
set('filled', state.filled)
if state.need then
  set('need', state.need)
  set('needPlaces', state.needPlaces)
  set('needUntil', state.needUntil)
end
local allowed = {}
for i, window in ipairs(windows) do
  allowed[i] = window.allowed
  set('used' .. window.name, window.used)
  set('edge' .. window.name, stamp(window.edge))
  set('allowed' .. window.name, window.allowed)
  set('began' .. window.name, window.began and stamp(window.began) or '')
end
redis.call('HSET', stateKey, unpack(fields))
-- Longer than anything in it matters. A pause lasts as long as it lasts.
local life = math.ceil(math.max(longest, pausedUntil - now) + call.leaseMs + 10000)
for i = 1, 4 do redis.call('PEXPIRE', KEYS[i], life) end

local reply = cjson.encode({
  epoch = state.epoch, count = count, granted = granted, againMs = math.ceil(again),
  pauseMs = math.max(0, math.ceil(pausedUntil - now)), allowed = allowed,
  steps = steps, stormMs = math.ceil(pauseEnds - now), lowerMs = math.ceil(lowerAgain - now),
})
redis.call('SET', replyKey, call.id .. '|' .. reply, 'PX', call.leaseMs + 60000)
return reply
`);
