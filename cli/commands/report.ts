import { join, relative } from 'node:path';
import { loadConfig, readRunRecord, SluiceError } from '../../core/index.ts';
import { keepSecret } from '../known-secrets.ts';
import { formatOfFile, formatReport, type ReportFormat } from '../report/format.ts';
import { openFile } from '../report/open-file.ts';
import { writeReportFile } from '../report/report-file.ts';

export interface ReportCommandOptions {
  readonly config?: string;
  /** Default: beside what is kept of the run for a page, stdout for the rest. */
  readonly out?: string;
  /** Default: as the name of the file says, else a page. */
  readonly format?: ReportFormat;
  readonly open?: boolean;
}

/** What the command needs of the world. */
export interface ReportPorts {
  readonly loadConfig: typeof loadConfig;
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>;
  readonly open: (file: string) => Promise<void>;
}

const processPorts: ReportPorts = { loadConfig, stdout: process.stdout, open: openFile };

/**
 * Shows what is kept of a run, or of the newest that has kept something. Throws what keeps it from being read or
 * written.
 */
export async function reportCommand(
  runId: string | undefined,
  options: ReportCommandOptions,
  { loadConfig: load, stdout, open }: ReportPorts = processPorts,
): Promise<void> {
  const { config: file, out } = options;
  const format = options.format ?? (out === undefined ? 'html' : formatOfFile(out)) ?? 'html';
  if (options.open === true && format !== 'html')
    throw new SluiceError('config_invalid', `--open shows a page: leave out "--format ${format}", or --open`);
  // Nobody is asked and nothing written: what only that needs may be missing here.
  const config = await load({ cwd: process.cwd(), env: process.env, file, readOnly: true });
  keepSecret(config.secrets);
  const record = await readRunRecord(config, runId);
  const text = await formatReport(record, format);
  const target = out ?? (format === 'html' ? pageOf(config.state?.dir ?? '', record.report.summary.run_id) : undefined);
  if (target === undefined) {
    stdout.write(text);
    return;
  }
  await writeReportFile(target, text);
  stdout.write(`${nearer(target)}\n`);
  if (options.open === true) await open(target);
}

/** Goes with the run, when that is pruned. */
function pageOf(stateDir: string, runId: string): string {
  return join(stateDir, 'runs', runId, 'report.html');
}

/** Relative where that is shorter to read, absolute outside of this folder. */
function nearer(file: string): string {
  const here = relative(process.cwd(), file);
  return here.startsWith('..') ? file : here;
}
