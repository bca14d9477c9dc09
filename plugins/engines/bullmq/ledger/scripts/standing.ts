import { defineScript } from './script.ts';

/** What changes with every change that bears on the end of a source: whoever decides by it shows it again. */
export const standing = /* lua */ `
local function signature(base)
  local of = redis.call('HMGET', base .. ':state', 'status', 'added', 'delivered', 'skipped', 'failed', 'extras_ended', 'capped')
  for i = 1, 7 do of[i] = of[i] or '' end
  of[8] = redis.call('LLEN', base .. ':wait') + redis.call('LLEN', base .. ':hang')
  of[9] = redis.call('HLEN', base .. ':open')
  of[10] = redis.call('HGET', base .. ':state', 'leased') or 0
  return table.concat(of, ' ')
end
`;

/** Where a source stands: signature, fields of its state, fields of its totals, waiting, open, in work. */
export const standingScript = defineScript(
  'standing',
  standing,
  /* lua */ `
local base = KEYS[1]
return {
  signature(base),
  redis.call('HGETALL', base .. ':state'),
  redis.call('HGETALL', base .. ':totals'),
  redis.call('LLEN', base .. ':wait') + redis.call('LLEN', base .. ':hang'),
  redis.call('HLEN', base .. ':open'),
  tonumber(redis.call('HGET', base .. ':state', 'leased') or 0),
}
`,
);
