import type { Command } from 'commander';
import { collect } from '../arguments.ts';
import type { CheckCommandOptions } from '../commands/check.ts';
import { configHelp, type Done } from './definition.ts';

const examples = `
It asks each source for its first page and has it processed, and finds out whether
each sink could be written. What is there stays as it is, and nothing is left.

Exit codes:
  0    a run could begin
  2    there are problems; all of them are listed
  130  interrupted

Examples:
  pipeline check
  pipeline check --json | jq '.findings[] | select(.ok | not)'
`;

/** Declares `pipeline check`. */
export function defineCheckCommand(program: Command, done: Done): void {
  program
    .command('check')
    .summary('see all that keeps a run from beginning')
    .description('see whether a run could begin: config, plugins, credentials, sources, sinks')
    .option('-c, --config <file>', configHelp)
    .option('--source <name...>', 'check only these sources', collect)
    .option('--mock', 'ask embedded upstreams on loopback instead of the real APIs')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async (options: CheckCommandOptions) => {
      done(await (await import('../commands/check.ts')).checkCommand(options));
    });
}
