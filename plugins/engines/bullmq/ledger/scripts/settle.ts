import { claims } from './claims.ts';
import { hashSet } from './hash-set.ts';
import { ownedHashes } from './owned-hashes.ts';
import { page } from './page.ts';
import { defineScript } from './script.ts';

/**
 * Ends a page that has no records: key of the run, `failed` or `skipped`, ordinal, token, whether it is an extra page, the
 * outcome. What it had claimed is anybody's again. An extra page that is not there is the end of extra pages, and no
 * failure.
 */
export const settleScript = defineScript(
  'settle',
  hashSet,
  ownedHashes,
  page,
  claims,
  /* lua */ `
local base, run, kind, ordinal, token, extra, outcome =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5] == '1', ARGV[6]
local page = page_leased(base, ordinal, token)
-- The same call may come twice, when a connection was lost in between.
if not page then return redis.call('GETBIT', base .. ':done', ordinal) end
local held = take_back(base, ordinal, page)
if held then
  owned_drop(owned_open(base), hashes_in(held, 2))
  redis.call('HDEL', base .. ':claims', ordinal)
end
close(base, { [ordinal] = page })
if extra then redis.call('HSET', base .. ':state', 'extras_ended', 1) end
if not (extra and kind == 'failed') then
  redis.call('HINCRBY', base .. ':state', kind, 1)
  tell(run, outcome)
end
return 1
`,
);
