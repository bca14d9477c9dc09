import { type Command, Option } from 'commander';
import type { DiffCommandOptions } from '../commands/diff.ts';
import { configHelp } from './definition.ts';

const examples = `
A run is an id of "pipeline runs", "last" or "previous". New, removed and changed
records can be told where the history keeps the records of both runs.

Examples:
  pipeline diff                          the last run against the one before
  pipeline diff 20260131T120000123-4fa2c1 last
  pipeline diff --format md | gh pr comment --body-file -
`;

/** Declares `pipeline diff`. */
export function defineDiffCommand(program: Command): void {
  program
    .command('diff')
    .summary('tell how two runs differ')
    .description('tell how two runs differ: records, fields, schema, errors, latency')
    .argument('[a]', 'the earlier run (default: previous)')
    .argument('[b]', 'the later run (default: last)')
    .option('-c, --config <file>', configHelp)
    .addOption(new Option('--format <format>', 'form of the answer').choices(['table', 'md', 'json']).default('table'))
    .addHelpText('after', examples)
    .action(async (before: string | undefined, after: string | undefined, options: DiffCommandOptions) => {
      await (await import('../commands/diff.ts')).diffCommand(before, after, options);
    });
}
