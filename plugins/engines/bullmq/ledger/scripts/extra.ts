import { hashSet } from './hash-set.ts';
import { defineScript } from './script.ts';
import { standing } from './standing.ts';
import { worklist } from './worklist.ts';

/** Adds the page after the last one, if nothing has changed since: signature, the most pages, its two hashes, the request. */
export const extraScript = defineScript(
  'extra',
  hashSet,
  worklist,
  standing,
  /* lua */ `
local base, state, hashes, blob = KEYS[1], KEYS[1] .. ':state', ARGV[3], ARGV[4]
if signature(base) ~= ARGV[1] then return 0 end
local seen = set_open(base .. ':seen')
set_load(seen, { hashes:sub(1, 8), hashes:sub(9, 16) })
local own = tonumber(redis.call('HGET', state, 'own') or 0)
if own >= tonumber(ARGV[2]) then
  redis.call('HSET', state, 'capped', 1, 'extras_ended', 1)
elseif new_to_source(seen, hashes) then
  local ordinal = redis.call('HINCRBY', state, 'added', 1) - 1
  redis.call('HSET', state, 'own', own + 1, 'last', blob)
  redis.call('RPUSH', base .. ':wait', pack_request(ordinal, '', 1, blob))
else
  redis.call('HSET', state, 'extras_ended', 1)
end
set_save(seen)
return 1
`,
);
