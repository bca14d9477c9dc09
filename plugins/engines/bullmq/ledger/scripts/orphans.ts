import { page } from './page.ts';
import { defineScript } from './script.ts';

/** Lots with pages that are open, and no job: what the keys of jobs begin with. */
export const orphansScript = defineScript(
  'orphans',
  page,
  /* lua */ `
local found, looked = {}, {}
for _, packed in ipairs(redis.call('HVALS', KEYS[1] .. ':open')) do
  local lot = cmsgpack.unpack(packed)[LOT]
  if not looked[lot] then
    looked[lot] = true
    if redis.call('EXISTS', ARGV[1] .. lot) == 0 then found[#found + 1] = lot end
  end
end
return found
`,
);
