import { Command, CommanderError, Option } from 'commander';
import { collect, parseDeadline, parseInteger, parseLatency, parseRate } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import type { ChaosCommandOptions } from './commands/chaos.ts';
import type { MockCommandOptions } from './commands/mock.ts';
import type { PluginsCommandOptions } from './commands/plugins.ts';
import type { RunsCommandOptions } from './commands/runs.ts';
import type { RunCommandOptions } from './commands/run.ts';

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;

const runExamples = `
A time has its unit: 500ms, 60s, 1m30s, 2h.

Exit codes:
  0    everything was delivered (rejected records alone count as delivered)
  1    all sources or all sinks failed
  2    the command line or the config can't be used; nothing was requested
  3    partial: a source, a page or one of several sinks failed, or the
       deadline came
  130  interrupted: Ctrl-C stops fetching and writes what is there, a second
       one ends at once; go on with --resume
  141  nobody reads the output any more, as with "| head -1"

Examples:
  pipeline run                   what pipeline.config.ts says
  pipeline run --mock            the same without internet
  pipeline run --source dummyjson --sink stdout
                                 one source, as lines of JSON on stdout
  pipeline run --deadline 30s --json
                                 for cron: at most 30 s, JSON logs on stderr
`;

const runsExamples = `
Examples:
  pipeline runs
  pipeline runs --json | jq -r '.[0].id'
`;

const pluginsExamples = `
Examples:
  pipeline plugins
  pipeline plugins --json | jq '.sources[].name'
`;

const mockExamples = `
Examples:
  pipeline mock                  three upstreams on free ports of 127.0.0.1
  pipeline mock --port 4001      on 4001, 4002, 4003
  pipeline mock --latency 20ms-80ms --error-rate 0.1
                                 slow, and every tenth request fails
`;

const chaosExamples = `
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

/**
 * Parses the command line and carries it out; each command is loaded when it is used. Returns the exit code. A
 * command line that can't be used is explained on stderr; what a command throws is thrown.
 */
export async function runProgram(args: readonly string[], version: string): Promise<number> {
  let exitCode: number = exitCodes.ok;

  const program = new Command('pipeline')
    .description('Aggregates paginated HTTP APIs into one format: politely, stubbornly, losing nothing.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nExamples:\n  pipeline run --mock\n  pipeline help run\n')
    .exitOverride();

  program
    .command('run')
    .description('fetch all sources of the config and write them to its sinks')
    .option('-c, --config <file>', 'config file (default: pipeline.config.* or .pipelinerc* in this folder or above)')
    .option('--source <name...>', 'run only these sources', collect)
    .option('--sink <name...>', 'write only to these sinks', collect)
    .option('--mock', 'ask embedded upstreams on loopback instead of the real APIs')
    .addOption(
      new Option('--resume [run-id]', 'take up a run: the last one that was stopped, or this one').preset(true),
    )
    .addOption(
      new Option('--retry-failed <run-id>', 'ask again for what failed in a run: pages and rejected items').conflicts(
        'resume',
      ),
    )
    .addOption(new Option('--deadline <time>', 'stop fetching and draining after this long').argParser(parseDeadline))
    .addOption(
      new Option(
        '--log-level <level>',
        'least important level to log (default: info; warn while the display is shown)',
      ).choices(logLevels),
    )
    .option('-q, --quiet', 'no progress and no report, and log errors only')
    .option('--json', 'log, progress and report as lines of JSON on stderr')
    .addHelpText('after', runExamples)
    .action(async (options: RunCommandOptions) => {
      exitCode = await (await import('./commands/run.ts')).runCommand(options);
    });

  program
    .command('runs')
    .description('list the runs of the config: when, how they ended, what can be taken up')
    .option('-c, --config <file>', 'config file (default: pipeline.config.* or .pipelinerc* in this folder or above)')
    .option('--json', 'print one JSON document')
    .addHelpText('after', runsExamples)
    .action(async (options: RunsCommandOptions) => {
      await (await import('./commands/runs.ts')).runsCommand(options);
    });

  program
    .command('plugins')
    .description('list the built-in sources, sinks and models')
    .option('--json', 'print one JSON document')
    .addHelpText('after', pluginsExamples)
    .action(async (options: PluginsCommandOptions) => {
      await (await import('./commands/plugins.ts')).pluginsCommand(options);
    });

  program
    .command('mock')
    .description('start the embedded upstreams on their own and print their URLs, until Ctrl-C')
    .addOption(
      new Option('--port <number>', 'port of the first, the others follow')
        .argParser(parseInteger(0, 65_533))
        .default(0, 'any free ports'),
    )
    .addOption(
      new Option('--latency <time>', 'wait before each answer, such as 50ms, or a range such as 20ms-80ms')
        .argParser(parseLatency)
        .default(0, 'none'),
    )
    .addOption(
      new Option('--error-rate <share>', 'share of requests that fail, 0 to 1').argParser(parseRate).default(0, 'none'),
    )
    .addOption(
      new Option('--seed <number>', 'which latencies and failures come: the same for the same seed')
        .argParser(parseInteger(0, 2 ** 32 - 1))
        .default(1),
    )
    .addHelpText('after', mockExamples)
    .action(async (options: MockCommandOptions) => {
      exitCode = await (await import('./commands/mock.ts')).mockCommand(options);
    });

  program
    .command('chaos')
    .description('kill runs against failing embedded upstreams, and see whether anything is lost')
    .option('-c, --config <file>', 'config file (default: pipeline.config.* or .pipelinerc* in this folder or above)')
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
    .addHelpText('after', chaosExamples)
    .action(async (options: ChaosCommandOptions) => {
      exitCode = await (await import('./commands/chaos.ts')).chaosCommand(options);
    });

  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    // Commander has printed its message already, with the nearest name where there is one.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    throw thrown;
  }
}
