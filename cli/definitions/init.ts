import type { Command } from 'commander';
import type { InitCommandOptions } from '../commands/init.ts';
import type { Done } from './definition.ts';

const examples = `
Examples:
  pipeline init          asks which sources, and where their records go
  pipeline init --yes    takes the defaults, as a script does
`;

/** Declares `pipeline init`. */
export function defineInitCommand(program: Command, done: Done): void {
  program
    .command('init')
    .description('write a config that runs into this folder')
    .option('-y, --yes', 'ask nothing, take the defaults')
    .addHelpText('after', examples)
    .action(async (options: InitCommandOptions) => {
      done(await (await import('../commands/init.ts')).initCommand(options));
    });
}
