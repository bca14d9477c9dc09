import { Argument, type Command } from 'commander';
import { parsePluginName } from '../arguments.ts';
import type { newKinds } from '../commands/new.ts';

const examples = `
Examples:
  pipeline new source shop    writes sources/shop/ with a source of an API that
                              pages by offset, its test and a recorded page
  pipeline new sink archive   writes sinks/archive/ with a sink that writes a
                              file, and its test
`;

const kinds: typeof newKinds = ['source', 'sink'];

/** Declares `pipeline new`. */
export function defineNewCommand(program: Command): void {
  program
    .command('new')
    .description('begin a plugin: typed, with a test that passes')
    .addArgument(new Argument('<kind>', 'what it is').choices(kinds))
    .argument('<name>', 'what it is called: lower-case letters, digits, "-" and "_"', parsePluginName)
    .addHelpText('after', examples)
    .action(async (kind: (typeof newKinds)[number], name: string) => {
      await (await import('../commands/new.ts')).newCommand(kind, name);
    });
}
