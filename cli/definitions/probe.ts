import type { Command } from 'commander';
import { collectWhole } from '../arguments.ts';
import type { ProbeCommandOptions } from '../commands/probe.ts';
import type { Done } from './definition.ts';

const examples = `
It asks at most 30 requests, two a second, and only of that origin. How sure
each finding is stands beside it; see that it is right before you run it.

Examples:
  pipeline probe https://dummyjson.com/products
  pipeline probe https://api.example.com/v1/items --header 'x-api-key: \${API_KEY}'
                                 the key is taken from the environment, and the
                                 source that is written takes it from there too
  pipeline probe https://api.example.com/v1/items --dry-run --json
`;

/** Declares `pipeline probe`. */
export function defineProbeCommand(program: Command, done: Done): void {
  program
    .command('probe <url>')
    .summary('ask an unknown API, and write a source for it')
    .description('ask an unknown API a few polite requests, and write a source for it')
    .option('--header <line>', "sent with every request, such as 'x-api-key: ${API_KEY}'", collectWhole)
    .option('--name <name>', 'what the source is called (default: made of the URL)')
    .option('--dry-run', 'write nothing')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(async (url: string, options: ProbeCommandOptions) => {
      done(await (await import('../commands/probe.ts')).probeCommand(url, options));
    });
}
