import { type Command, Option } from 'commander';
import { answerFormats } from '../query/format.ts';
import type { QueryCommandOptions } from '../commands/query.ts';
import { configHelp, type Done } from './definition.ts';

const examples = `
Tables: prices, runs, sources, fields and price_groups, of all runs that have
ended; records, with all fields, of the last one. The history is only read:
nothing can be changed, and no other file be opened.

Exit codes:
  0    answered
  2    there is no history, or the question can't be answered
  141  nobody reads the answer any more

Examples:
  pipeline query "SELECT run_id, started_at, records, partial FROM runs"
  pipeline query "SELECT category, median(price) FROM records GROUP BY ALL"
  pipeline query "FROM prices WHERE id = 'dummyjson:1'" --format csv
`;

/** Declares `pipeline query`. */
export function defineQueryCommand(program: Command, done: Done): void {
  program
    .command('query')
    .summary('ask the history and the last records in SQL')
    .description('answer a question in SQL about prices and figures of all runs, and the last records')
    .argument('<sql>', 'one statement of DuckDB that reads')
    .option('-c, --config <file>', configHelp)
    .addOption(new Option('--format <format>', 'form of the answer').choices(answerFormats).default('table'))
    .option('--run <run-id>', 'look at the records of this run (default: the last one)')
    .addHelpText('after', examples)
    .action(async (sql: string, options: QueryCommandOptions) => {
      done(await (await import('../commands/query.ts')).queryCommand(sql, options));
    });
}
