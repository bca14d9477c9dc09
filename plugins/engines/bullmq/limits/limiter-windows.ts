import { answerAgain } from './answer-again.ts';

/**
 * The first half of the limiter's script: reads what there is, and brings windows and log up to now. `state` is a hash; `log`
 * has every send of the longest window (score: when), `open` the permits that are not sent yet (score: until when they can
 * be), `queue` the workers that were told to come back (score: when). Members of the first two end in `:<places>`.
 */
export const windowsLua = `local stateKey, logKey, openKey, queueKey, replyKey = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local call = cjson.decode(ARGV[1])
${answerAgain}

local state = {}
local flat = redis.call('HGETALL', stateKey)
for i = 1, #flat, 2 do state[flat[i]] = flat[i + 1] end
local function number(field, default) return tonumber(state[field]) or default end
local function stamp(ms) return string.format('%.3f', ms) end
local function placesOf(member) return tonumber(string.match(member, '%d+$')) end

-- A server whose clock was set back goes on from where it was: windows get neither longer for it nor shorter.
local time = redis.call('TIME')
local shift = number('shift', 0)
local now = time[1] * 1000 + time[2] / 1000 + shift
local last = number('last', now)
if now < last then
  shift = shift + last - now
  now = last
end

local windows, longest = {}, 0
for i, declared in ipairs(call.windows) do
  local length = declared[2] + call.marginMs
  if length > longest then longest = length end
  windows[i] = { name = tostring(declared[2]), requests = declared[1], length = length }
end
local fresh = state.epoch == nil
if fresh then
  state.epoch = call.id
  redis.call('DEL', logKey, openKey, queueKey)
end
local count, out = number('count', 0), number('out', 0)

-- What has left each window since it was last looked at. One that is new here counts what is in the log.
local function sum(from, to)
  local places, entries = 0, redis.call('ZRANGEBYSCORE', logKey, from, to)
  for _, member in ipairs(entries) do places = places + placesOf(member) end
  return places
end
local shortest, oldest = math.huge, now
for _, window in ipairs(windows) do
  window.edge = now - window.length
  local edge = state['edge' .. window.name]
  if fresh then window.used = 0
  elseif edge == nil then window.used = sum('(' .. stamp(window.edge), '+inf')
  else
    window.used = number('used' .. window.name, 0)
    if window.used > 0 then window.used = window.used - sum('(' .. edge, stamp(window.edge)) end
  end
  window.allowed = math.min(window.requests, number('allowed' .. window.name, window.requests))
  window.began = tonumber(state['began' .. window.name])
  if window.edge < oldest then oldest = window.edge end
  if window.length < shortest then shortest = window.length end
end
if not fresh then redis.call('ZREMRANGEBYSCORE', logKey, '-inf', stamp(oldest)) end

-- Sends of one grain of time are one entry of this call, later than any of them: of a limit of thousands nobody misses so
-- little of its window, and a call that tells of a hundred sends writes a few entries.
local most = 0
for _, window in ipairs(windows) do if window.requests > most then most = window.requests end end
local grain = most > 4096 and longest / 256 or 0
local logged = {}
local function log(at, places)
  if grain > 0 then at = math.ceil(at / grain) * grain end
  if at <= oldest or places <= 0 then return end
  local score = stamp(at)
  logged[score] = (logged[score] or 0) + places
  for _, window in ipairs(windows) do
    if at > window.edge then window.used = window.used + places end
  end
end

-- Adds members to a sorted set: score and name of each.
local function add_all(key, members)
  for from = 1, #members, 1000 do redis.call('ZADD', key, unpack(members, from, math.min(from + 999, #members))) end
end

local function write_log()
  local members = {}
  for score, places in pairs(logged) do
    members[#members + 1] = score
    members[#members + 1] = call.id .. '.' .. (#members + 1) / 2 .. ':' .. places
  end
  add_all(logKey, members)
end

-- Takes permits out of those that may still be sent.
local function take_out(permits)
  local members, places = {}, 0
  for i, permit in ipairs(permits) do
    members[i] = permit[1] .. ':' .. permit[2]
    places = places + permit[2]
  end
  local found = 0
  for from = 1, #members, 1000 do
    found = found + redis.call('ZREM', openKey, unpack(members, from, math.min(from + 999, #members)))
  end
  if found == #members then
    out = out - places
  else
    -- Some were counted when they expired.
    out = 0
    for _, member in ipairs(redis.call('ZRANGE', openKey, 0, -1)) do out = out + placesOf(member) end
  end
end

`;
