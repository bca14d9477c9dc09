import { Command, CommanderError } from 'commander';
import { defineChaosCommand } from './definitions/chaos.ts';
import { defineCheckCommand } from './definitions/check.ts';
import { defineDiffCommand } from './definitions/diff.ts';
import { defineInitCommand } from './definitions/init.ts';
import { defineMockCommand } from './definitions/mock.ts';
import { defineProbeCommand } from './definitions/probe.ts';
import { definePlanCommand } from './definitions/plan.ts';
import { defineNewCommand } from './definitions/new.ts';
import { definePluginsCommand } from './definitions/plugins.ts';
import { definePreviewCommand } from './definitions/preview.ts';
import { defineQueryCommand } from './definitions/query.ts';
import { defineReportCommand } from './definitions/report.ts';
import { defineRunCommand } from './definitions/run.ts';
import { defineRunsCommand } from './definitions/runs.ts';
import { defineSchemaCommand } from './definitions/schema.ts';
import { defineWorkerCommand } from './definitions/worker.ts';
import { exitCodes } from './exit-codes.ts';

/** All commands, in the groups and the order in which the help lists them. */
const groups = {
  'Run:': [
    defineInitCommand,
    defineRunCommand,
    defineWorkerCommand,
    defineRunsCommand,
    defineReportCommand,
    defineDiffCommand,
    defineQueryCommand,
  ],
  'Look before a run:': [defineCheckCommand, definePlanCommand, definePreviewCommand],
  'Write plugins:': [defineProbeCommand, defineNewCommand, definePluginsCommand, defineSchemaCommand],
  'Try it out:': [defineMockCommand, defineChaosCommand],
};

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
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nExamples:\n  pipeline init\n  pipeline run --mock\n  pipeline help run\n')
    .exitOverride();

  const done = (code: number): void => void (exitCode = code);
  for (const [heading, definitions] of Object.entries(groups)) {
    program.commandsGroup(heading);
    for (const define of definitions) define(program, done);
  }

  program.commandsGroup('Help:').helpCommand('help [command]', 'show the help of a command');

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
