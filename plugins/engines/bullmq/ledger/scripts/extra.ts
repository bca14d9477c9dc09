import { hashTable } from './hash-table.ts';
import { defineScript } from './script.ts';
import { standing } from './standing.ts';
import { worklist } from './worklist.ts';

/** Adds the page after the last one, if nothing has changed since: signature, the most pages, its two hashes, the request. */
export const extraScript = defineScript(
  'extra',
  hashTable,
  worklist,
  standing,
  /* lua */ `
local base, state = KEYS[1], KEYS[1] .. ':state'
if signature(base) ~= ARGV[1] then return 0 end
local seen = table_open(base .. ':seen')
if tonumber(redis.call('HGET', state, 'own') or 0) >= tonumber(ARGV[2]) then
  redis.call('HSET', state, 'capped', 1, 'extras_ended', 1)
elseif new_to_source(seen, ARGV[3]) then
  redis.call('RPUSH', base .. ':wait', pack_request(base, '', 1, ARGV[4]))
else
  redis.call('HSET', state, 'extras_ended', 1)
end
table_save(seen)
return 1
`,
);
