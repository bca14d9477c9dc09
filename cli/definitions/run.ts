import { type Command, Option } from 'commander';
import { collect, parseDeadline } from '../arguments.ts';
import type { RunCommandOptions } from '../commands/run.ts';
import { metricsOption } from '../metrics/address.ts';
import { parseReportFile } from '../report/format.ts';
import { configHelp, type Done } from './definition.ts';
import { logLevels } from './log-levels.ts';

const examples = `
A time has its unit: 500ms, 60s, 1m30s, 2h.

Exit codes:
  0    everything was delivered (rejected records alone count as delivered)
  1    all sources or all sinks failed, or something nobody expected
  2    the command line or the config can't be used; nothing was requested
  3    partial: a source, a page or one of several sinks failed, or the
       deadline came; or a rule on quality that is to fail the run was broken
  130  interrupted: Ctrl-C stops fetching and writes what is there, a second
       one ends at once; go on with --resume
  141  nobody reads the output any more, as with "| head -1"

Examples:
  pipeline run                   what pipeline.config.ts says
  pipeline run --mock            the same without internet
  pipeline run --source dummyjson --sink stdout
                                 one source, as lines of JSON in a pipe, as a
                                 table on a terminal
  pipeline run --deadline 30s --json
                                 for cron: at most 30 s, JSON logs on stderr
  pipeline run --record recorded
                                 keep what is asked and answered, for --replay
`;

/** Declares `pipeline run`. */
export function defineRunCommand(program: Command, done: Done): void {
  program
    .command('run')
    .summary('fetch all sources and write to all sinks')
    .description('fetch all sources of the config and write them to its sinks')
    .option('-c, --config <file>', configHelp)
    .option('--source <name...>', 'run only these sources', collect)
    .option('--sink <name...>', 'write only to these sinks', collect)
    .option('--mock', 'ask embedded upstreams on loopback instead of the real APIs')
    .option('--resume [run-id]', 'take up a run: the last one that was stopped, or this one')
    .addOption(
      new Option('--retry-failed <run-id>', 'ask again for what failed in a run: pages and rejected items').conflicts(
        'resume',
      ),
    )
    .addOption(
      new Option('--record <folder>', 'keep every exchange there, without secrets').conflicts([
        'replay',
        'resume',
        'retryFailed',
      ]),
    )
    .addOption(
      new Option('--replay <folder>', 'answer from what was recorded there, and ask nobody').conflicts([
        'mock',
        'resume',
        'retryFailed',
      ]),
    )
    .addOption(
      new Option('--full-refresh', 'ask incremental sources for everything, not only for what has changed').conflicts([
        'resume',
        'retryFailed',
      ]),
    )
    .addOption(
      new Option('--report <file>', 'write a report there at the end: .html, .md or .json').argParser(parseReportFile),
    )
    .addOption(metricsOption())
    .addOption(new Option('--deadline <time>', 'stop fetching and draining after this long').argParser(parseDeadline))
    .addOption(
      new Option(
        '--log-level <level>',
        'least important level to log (default: info; warn while the display is shown)',
      ).choices(logLevels),
    )
    .option('-q, --quiet', 'no progress and no report, and log errors only')
    .option('--json', 'log, progress and report as lines of JSON on stderr')
    .addHelpText('after', examples)
    .action(async (options: RunCommandOptions) => {
      done(await (await import('../commands/run.ts')).runCommand(options));
    });
}
