import { defineScript } from '../redis/script.ts';

/**
 * One step of a breaker that all workers share. What each of them counts while it is closed stays with it; here is what they
 * have in common: whether it is open, until when, and who probes. `era` counts the transitions: what refers to an earlier
 * one has no effect. Each change is published. Every step can be repeated.
 */
export const breakerScript = defineScript(`
local key, channel = KEYS[1], ARGV[2]
local step = cjson.decode(ARGV[1])
local fields = {}
local flat = redis.call('HGETALL', key)
for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
local time = redis.call('TIME')
local now = math.floor(time[1] * 1000 + time[2] / 1000)
local era = tonumber(fields.era) or 0
local state = fields.state or 'closed'
-- A clock that was set back lets nobody wait for longer than a cooldown.
local openUntil = math.min(tonumber(fields.openUntil) or 0, now + step.cooldownMs)
local turnUntil = math.min(tonumber(fields.turnUntil) or 0, now + step.turnMs)
local prober = fields.prober or ''
local failedProbes = tonumber(fields.failedProbes) or 0
local givenUp = fields.givenUp == '1'
local failure = fields.failure or ''
local from, turn = state, false

local function open()
  era = era + 1
  state = 'open'
  openUntil = now + step.cooldownMs
  turnUntil = 0
  prober = ''
end

if step.kind == 'open' then
  if state == 'closed' and step.era == era then
    failure = step.failure
    open()
  end
elseif step.kind == 'turn' then
  -- One probe over all workers; a turn that its worker does not use or keep passes on.
  if state ~= 'closed' and not givenUp and now >= openUntil and (now >= turnUntil or prober == step.worker) then
    if state == 'open' then era = era + 1 end
    state = 'half-open'
    prober = step.worker
    turnUntil = now + step.turnMs
    turn = true
  end
elseif step.kind ~= 'read' and state == 'half-open' and prober == step.worker then
  if step.kind == 'keep' then turnUntil = now + step.turnMs
  elseif step.kind == 'forget' then
    turnUntil = 0
    prober = ''
  elseif step.kind == 'answered' then
    era = era + 1
    state = 'closed'
    failedProbes = 0
    failure = ''
    turnUntil = 0
    prober = ''
  elseif step.kind == 'failed' then
    failure = step.failure
    failedProbes = failedProbes + 1
    givenUp = failedProbes >= step.probes
    open()
  end
end

if step.kind ~= 'read' then
  redis.call('HSET', key, 'era', era, 'state', state, 'openUntil', openUntil, 'turnUntil', turnUntil, 'prober', prober,
    'failedProbes', failedProbes, 'givenUp', givenUp and '1' or '0', 'failure', failure)
  -- Removed with the run; this is for one that nobody ends.
  redis.call('PEXPIRE', key, 604800000)
end
local view = cjson.encode({
  name = step.name, era = era, state = state, from = from, turn = turn, failedProbes = failedProbes, givenUp = givenUp,
  failure = failure, waitMs = math.max(openUntil, turnUntil) - now,
})
if from ~= state or step.kind == 'forget' then redis.call('PUBLISH', channel, view) end
return view
`);
