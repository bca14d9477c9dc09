import { type Command, Option } from 'commander';
import { collect, parseDuration, parseInteger } from '../arguments.ts';
import type { WorkerCommandOptions } from '../commands/worker.ts';
import { metricsOption } from '../metrics/address.ts';
import { configHelp, type Done } from './definition.ts';
import { logLevels } from './log-levels.ts';

const examples = `
It serves the runs that "pipeline run" begins with the same config, one after
the other, and waits in between. SIGTERM or Ctrl-C ends it: what is in hand is
finished and written, and the rest goes to the other workers. A second one ends
it at once.

Exit codes:
  0    it was told to end, and let go of all it had
  1    a sink failed: start it again, nothing is lost
  2    the config can't be used, Redis can't be used, or the run that is under
       way is one of another version or another config
  130  a second signal ended it at once

Examples:
  pipeline worker                take pages until it is told to end
  pipeline worker --concurrency 50 --drain 60s
                                 at most 50 pages in hand, a minute for them
`;

/** Declares `pipeline worker`. */
export function defineWorkerCommand(program: Command, done: Done): void {
  program
    .command('worker')
    .summary('take pages of runs that are coordinated elsewhere')
    .description('take pages of runs that "pipeline run" coordinates, with an engine such as bullmq')
    .option('-c, --config <file>', configHelp)
    .option('--source <name...>', 'where the run was begun with these sources', collect)
    .option('--sink <name...>', 'where the run was begun with these sinks', collect)
    .option('--concurrency <pages>', 'pages in hand at once (default: what the sources take)', parseInteger(1, 10_000))
    .addOption(
      new Option('--drain <time>', 'time for what is in hand when it is told to end')
        .argParser(parseDuration)
        .default(25_000, '25s'),
    )
    .addOption(metricsOption())
    .addOption(new Option('--log-level <level>', 'least important level to log (default: info)').choices(logLevels))
    .option('-q, --quiet', 'log errors only')
    .option('--json', 'log as lines of JSON on stderr')
    .addHelpText('after', examples)
    .action(async (options: WorkerCommandOptions) => {
      done(await (await import('../commands/worker.ts')).workerCommand(options));
    });
}
