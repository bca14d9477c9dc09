import { type Command, Option } from 'commander';
import { collect, parseInteger, parseRate } from '../arguments.ts';
import type { ChaosCommandOptions } from '../commands/chaos.ts';
import { configHelp, type Done } from './definition.ts';

const examples = `
It runs the config undisturbed, and again with faults and kills, each run into
files in a temporary folder; the config's own sinks and state are not touched.

Exit codes:
  0    nothing was lost or doubled, and every rate limit held
  1    something was, or a run did not come to its end
  2    the command line or the config can't be used

Examples:
  pipeline chaos                 10 kills, every tenth request fails
  pipeline chaos --kill 100 --error-rate 0
                                 kills alone
  pipeline chaos --seed 42 --source dummyjson
                                 the same again, for one source
  pipeline chaos --json | jq .records
`;

/** Declares `pipeline chaos`. */
export function defineChaosCommand(program: Command, done: Done): void {
  program
    .command('chaos')
    .summary('kill runs on purpose: is anything lost?')
    .description('kill runs against failing embedded upstreams, and see whether anything is lost')
    .option('-c, --config <file>', configHelp)
    .option('--source <name...>', 'run only these sources', collect)
    .addOption(
      new Option('--seed <number>', 'which failures and kills come (default: another one each time)').argParser(
        parseInteger(0, 2 ** 32 - 1),
      ),
    )
    .addOption(
      new Option('--error-rate <share>', 'share of requests that fail, 0 to 1').argParser(parseRate).default(0.1),
    )
    .addOption(new Option('--kill <number>', 'how often to kill').argParser(parseInteger(0, 10_000)).default(10))
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async (options: ChaosCommandOptions) => {
      done(await (await import('../commands/chaos.ts')).chaosCommand(options));
    });
}
