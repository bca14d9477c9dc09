import type { Command } from 'commander';
import { configHelp } from './definition.ts';
import type { PluginsCommandOptions } from '../commands/plugins.ts';

const examples = `
Examples:
  pipeline plugins
  pipeline plugins --json | jq '.sources[].name'
`;

/** Declares `pipeline plugins`. */
export function definePluginsCommand(program: Command): void {
  program
    .command('plugins')
    .summary('list the built-ins, and the sources in use')
    .description('list the built-in sources, sinks and models, and the sources of the config')
    .option('-c, --config <file>', configHelp)
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async (options: PluginsCommandOptions) => {
      await (await import('../commands/plugins.ts')).pluginsCommand(options);
    });
}
