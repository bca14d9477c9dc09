import { type Command, Option } from 'commander';
import { parseInteger, parseLatency, parseRate } from '../arguments.ts';
import type { MockCommandOptions } from '../commands/mock.ts';
import { type Done } from './definition.ts';

const examples = `
Examples:
  pipeline mock                  four upstreams on free ports of 127.0.0.1
  pipeline mock --port 4001      on 4001 to 4004
  pipeline mock --latency 20ms-80ms --error-rate 0.1
                                 slow, and every tenth request fails
`;

/** Declares `pipeline mock`. */
export function defineMockCommand(program: Command, done: Done): void {
  program
    .command('mock')
    .summary('start the embedded upstreams on their own')
    .description('start the embedded upstreams on their own and print their URLs, until Ctrl-C')
    .addOption(
      new Option('--port <number>', 'port of the first, the others follow')
        .argParser(parseInteger(0, 65_532))
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
    .addHelpText('after', examples)
    .action(async (options: MockCommandOptions) => {
      done(await (await import('../commands/mock.ts')).mockCommand(options));
    });
}
