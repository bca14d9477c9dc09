import { defineScript } from './script.ts';

/**
 * Opens pages that wait: as many that at most so many are open and not yet with the sinks, and of these at most so many
 * of the source's own listing. Answers their ordinals, the status, and how many are open, in work and waiting.
 */
export const sliceScript = defineScript(
  'slice',
  /* lua */ `
local base = KEYS[1]
local state = base .. ':state'
local status = redis.call('HGET', state, 'status') or 'running'
local open = redis.call('HLEN', base .. ':open')
local room = tonumber(ARGV[1]) - (open - redis.call('SCARD', base .. ':handed'))
local branching = tonumber(redis.call('HGET', state, 'branching') or 0)
local taken = {}
while room > 0 and status == 'running' do
  local packed = redis.call('LPOP', base .. ':hang')
  if not packed and branching < tonumber(ARGV[2]) then
    packed = redis.call('LPOP', base .. ':wait')
    if packed then branching = branching + 1 end
  end
  if not packed then break end
  local ordinal = cmsgpack.unpack(packed)[1]
  redis.call('HSET', base .. ':open', ordinal, packed)
  taken[#taken + 1] = ordinal
  room = room - 1
end
if #taken > 0 then redis.call('HSET', state, 'branching', branching) end
return {
  taken,
  status,
  open + #taken,
  redis.call('HLEN', base .. ':lease'),
  redis.call('LLEN', base .. ':wait') + redis.call('LLEN', base .. ':hang'),
  redis.call('HEXISTS', state, 'begun'),
}
`,
);
