import { type Command, Option } from 'commander';
import type { ReportCommandOptions } from '../commands/report.ts';
import { reportFormats } from '../report/format.ts';
import { configHelp } from './definition.ts';

const examples = `
Without --out a page is written beside what is kept of the run, and its name
printed; Markdown and JSON go to stdout.

Examples:
  pipeline report --open                 the last run, in the browser
  pipeline report --out run.html         a page to send to somebody
  pipeline report --format md | gh pr comment --body-file -
`;

/** Declares `pipeline report`. */
export function defineReportCommand(program: Command): void {
  program
    .command('report')
    .summary('show a run as a page, as Markdown or as JSON')
    .description('show a run that has ended: charts, prices, requests over time, errors')
    .argument('[run-id]', 'which run: an id, last or previous (default: the last that has ended)')
    .option('-c, --config <file>', configHelp)
    .option('-o, --out <file>', 'write it there')
    .addOption(
      new Option('--format <format>', "form of the report (default: as the file's name ends, else html)").choices(
        reportFormats,
      ),
    )
    .option('--open', 'open the page in the browser')
    .addHelpText('after', examples)
    .action(async (runId: string | undefined, options: ReportCommandOptions) => {
      await (await import('../commands/report.ts')).reportCommand(runId, options);
    });
}
