import { page } from './page.ts';
import { defineScript } from './script.ts';

/**
 * Begins the work on a page: ordinal, token. Answers nothing where that is over; else the packed request, the attempts
 * used, whether its `ahead` and its `next` are on the worklist, the lives, how many of them ended while it was processed, and
 * what its listing was lost by.
 */
export const startScript = defineScript(
  'start',
  page,
  /* lua */ `
local base, ordinal, token = KEYS[1], ARGV[1], ARGV[2]
local packed = redis.call('HGET', base .. ':open', ordinal)
if not packed then return false end
local status = redis.call('HGET', base .. ':state', 'status')
if status == 'refused' or status == 'ended' then
  -- Whoever had it before is gone: the source need not wait for it.
  let_go(base, ordinal)
  return false
end
local entry = cmsgpack.unpack(packed)
local listing = entry[3]
take_back(base, ordinal, listing)
-- The same call may come twice, when a connection was lost in between.
if not is_leased(base, ordinal, token) then
  redis.call('HSET', base .. ':lease', ordinal, token)
  redis.call('HINCRBY', base .. ':lives', ordinal, 1)
  if redis.call('HDEL', base .. ':suspect', ordinal) == 1 then redis.call('HINCRBY', base .. ':deaths', ordinal, 1) end
end
return {
  entry[4],
  entry[2],
  listing,
  redis.call('HGET', base .. ':tries', ordinal) or '0',
  redis.call('HGET', base .. ':steps', 'ahead:' .. ordinal) or '',
  redis.call('HGET', base .. ':steps', 'next:' .. ordinal) or '',
  redis.call('HGET', base .. ':lives', ordinal),
  redis.call('HGET', base .. ':deaths', ordinal) or '0',
  listing ~= '' and redis.call('HGET', base .. ':lists', listing .. ':error') or '',
}
`,
);
