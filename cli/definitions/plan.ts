import type { Command } from 'commander';
import { collect } from '../arguments.ts';
import type { PlanCommandOptions } from '../commands/plan.ts';
import { configHelp, type Done } from './definition.ts';

const examples = `
It asks each source for its first page, writes to no sink and begins no run.

Exit codes:
  0    every source has answered
  1    a source could not be asked
  2    the command line or the config can't be used; nothing was requested
  130  interrupted

Examples:
  pipeline plan
  pipeline plan --source dummyjson --json | jq .run.least_ms
`;

/** Declares `pipeline plan`. */
export function definePlanCommand(program: Command, done: Done): void {
  program
    .command('plan')
    .summary('tell pages, requests and least time of a run')
    .description('tell what a run will take: pages, requests, the least time, and what bounds it')
    .option('-c, --config <file>', configHelp)
    .option('--source <name...>', 'plan only these sources', collect)
    .option('--mock', 'ask embedded upstreams on loopback instead of the real APIs')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async (options: PlanCommandOptions) => {
      done(await (await import('../commands/plan.ts')).planCommand(options));
    });
}
