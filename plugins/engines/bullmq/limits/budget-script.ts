import { defineScript } from '../redis/script.ts';
import { answerAgain } from './answer-again.ts';

/**
 * One turn at a retry budget that all workers share: adds first attempts, takes retries back, and hands out as many as fit.
 * Counts by sixtieths of the window: fields `f<n>` and `r<n>`. A call that comes twice gets the same answer.
 */
export const budgetScript = defineScript(`
local key, replyKey = KEYS[1], KEYS[2]
local call = cjson.decode(ARGV[1])
${answerAgain}
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local pieceMs = call.windowMs / 60
local current = math.floor(now / pieceMs)

if call.firsts ~= 0 then redis.call('HINCRBY', key, 'f' .. current, call.firsts) end
for _, piece in ipairs(call.back) do redis.call('HINCRBY', key, 'r' .. piece, -1) end

local firsts, retries, oldest = 0, 0, nil
local flat = redis.call('HGETALL', key)
for i = 1, #flat, 2 do
  local kind, piece = string.sub(flat[i], 1, 1), tonumber(string.sub(flat[i], 2))
  -- A piece leaves when even its latest moment is outside. One of the future is that of a clock that was set back.
  if now >= (piece + 1) * pieceMs + call.windowMs or piece > current then
    redis.call('HDEL', key, flat[i])
  elseif kind == 'f' then firsts = firsts + tonumber(flat[i + 1])
  else
    local some = math.max(0, tonumber(flat[i + 1]))
    retries = retries + some
    if some > 0 and (oldest == nil or piece < oldest) then oldest = piece end
  end
end
local granted = math.max(0, math.min(call.wants, math.max(call.minimum, firsts) - retries))
if granted > 0 then redis.call('HINCRBY', key, 'r' .. current, granted) end
redis.call('PEXPIRE', key, call.windowMs * 2)
local again = -1
if granted < call.wants then
  again = oldest and math.max(1, math.ceil((oldest + 1) * pieceMs + call.windowMs - now)) or 1000
end
local reply = cjson.encode({ granted = granted, piece = current, againMs = again })
redis.call('SET', replyKey, call.id .. '|' .. reply, 'PX', call.windowMs * 2)
return reply
`);
