import type { Command } from 'commander';

const examples = `
Examples:
  pipeline schema > pipeline.schema.json
                       then, in the first line of a config in YAML:
                       # yaml-language-server: $schema=./pipeline.schema.json
                       or as the first key of one in JSON:
                       "$schema": "./pipeline.schema.json"
`;

/** Declares `pipeline schema`. */
export function defineSchemaCommand(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of the config, for editors')
    .addHelpText('after', examples)
    .action(async () => {
      await (await import('../commands/schema.ts')).schemaCommand();
    });
}
