import { defineScript } from './script.ts';

/** Pages that are open and have no job: what the keys of jobs begin with. */
export const orphansScript = defineScript(
  'orphans',
  /* lua */ `
local base, found = KEYS[1], {}
for _, ordinal in ipairs(redis.call('HKEYS', base .. ':open')) do
  if redis.call('EXISTS', ARGV[1] .. ordinal) == 0 then found[#found + 1] = ordinal end
end
return found
`,
);
