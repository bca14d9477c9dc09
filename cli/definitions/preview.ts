import { type Command, Option } from 'commander';
import { parseInteger } from '../arguments.ts';
import type { PreviewCommandOptions } from '../commands/preview.ts';
import { configHelp, type Done } from './definition.ts';

const examples = `
Each item stands as it came (raw) beside what it becomes; one that becomes no
record has the reason in its place. Nothing is written.

Exit codes:
  0    there is something to show
  1    the source could not be asked
  2    the command line or the config can't be used; nothing was requested
  130  interrupted

Examples:
  pipeline preview dummyjson --mock
  pipeline preview dummyjson -n 50 --json | jq '.items[].rejects[]'
`;

/** Declares `pipeline preview`. */
export function definePreviewCommand(program: Command, done: Done): void {
  program
    .command('preview')
    .summary('show first records, raw beside normalised')
    .description('show the first records of a source: raw beside normalised, and what is rejected')
    .argument('<source>', 'name of a source of the config')
    .option('-c, --config <file>', configHelp)
    .addOption(new Option('-n, --count <number>', 'items to show').argParser(parseInteger(1, 1_000)).default(5))
    .option('--mock', 'ask embedded upstreams on loopback instead of the real APIs')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async (source: string, options: PreviewCommandOptions) => {
      done(await (await import('../commands/preview.ts')).previewCommand(source, options));
    });
}
