import { page } from './page.ts';
import { defineScript } from './script.ts';

/** Ends a dependent listing: key of the run, listing, error, and an outcome, or '' where it costs no page by itself. */
export const loseScript = defineScript(
  'lose',
  page,
  /* lua */ `
local base, run, listing, problem, outcome = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('HSETNX', base .. ':lists', listing .. ':error', problem) == 0 or outcome == '' then return 0 end
redis.call('HINCRBY', base .. ':state', 'failed', 1)
tell(run, outcome)
return 1
`,
);
