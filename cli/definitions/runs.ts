import type { Command } from 'commander';
import type { RunsCommandOptions } from '../commands/runs.ts';
import { configHelp } from './definition.ts';

const examples = `
Examples:
  pipeline runs
  pipeline runs --json | jq -r '.[0].id'
`;

/** Declares `pipeline runs`. */
export function defineRunsCommand(program: Command): void {
  program
    .command('runs')
    .summary('list earlier runs, and what can be taken up')
    .description('list the runs of the config: when, how they ended, what can be taken up')
    .option('-c, --config <file>', configHelp)
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async (options: RunsCommandOptions) => {
      await (await import('../commands/runs.ts')).runsCommand(options);
    });
}
