import { claims } from './claims.ts';
import { hashTable } from './hash-table.ts';
import { page } from './page.ts';
import { defineScript } from './script.ts';

/**
 * Ends a page that has no records: key of the run, `failed` or `skipped`, ordinal, token, listing, whether it is an extra
 * page, the outcome. What it had claimed is anybody's again. An extra page that is not there is the end of extra pages,
 * and no failure.
 */
export const settleScript = defineScript(
  'settle',
  hashTable,
  page,
  claims,
  /* lua */ `
local base, run, kind, ordinal, token, listing = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local extra, outcome = ARGV[6] == '1', ARGV[7]
if not is_leased(base, ordinal, token) then
  -- The same call may come twice, when a connection was lost in between.
  return redis.call('GETBIT', base .. ':done', ordinal)
end
local ids, pages = table_open(base .. ':ids'), table_open(base .. ':pages')
drop_claims(base, ids, pages, ordinal, {})
table_save(ids)
table_save(pages)
close(base, ordinal, listing)
if extra then redis.call('HSET', base .. ':state', 'extras_ended', 1) end
if not (extra and kind == 'failed') then
  redis.call('HINCRBY', base .. ':state', kind, 1)
  tell(run, outcome)
end
return 1
`,
);
