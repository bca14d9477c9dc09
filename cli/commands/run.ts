import {
  type Clock,
  createPipeline,
  loadConfig,
  type Logger,
  type LogLevel,
  type Pipeline,
  type PipelineOptions,
  type ResolvedConfig,
  type ResumeRequest,
  type RunRecord,
  type Services,
  SluiceError,
  startMockUpstreams,
  systemClock,
} from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../interrupts.ts';
import { keepSecret } from '../known-secrets.ts';
import type { MetricsAddress } from '../metrics/serve-metrics.ts';
import { startMetrics } from '../metrics/start-metrics.ts';
import { formatOfFile, formatReport } from '../report/format.ts';
import { prepareReportFile, writeReportFile } from '../report/report-file.ts';
import { createRunOutput } from '../run-output.ts';
import { tuneHeap } from '../tune-v8.ts';

export interface RunCommandOptions {
  readonly config?: string;
  readonly source?: readonly string[];
  readonly sink?: readonly string[];
  readonly mock?: boolean;
  /** Milliseconds. */
  readonly deadline?: number;
  readonly logLevel?: LogLevel;
  readonly quiet?: boolean;
  readonly json?: boolean;
  /** Takes up the run of this id, or the last one that was stopped. */
  readonly resume?: string | true;
  /** Asks for everything, whatever earlier runs have read. */
  readonly fullRefresh?: boolean;
  /** Tries again what failed in the run of this id. */
  readonly retryFailed?: string;
  /** Folder in which every exchange is kept. */
  readonly record?: string;
  /** Folder from which all answers come. */
  readonly replay?: string;
  /** Where to answer Prometheus. */
  readonly metricsPort?: MetricsAddress;
  /** File for the report, in the form that its name ends in. */
  readonly report?: string;
}

/** What the command needs of the world. */
export interface RunPorts {
  readonly loadConfig: typeof loadConfig;
  readonly createPipeline: (
    config: ResolvedConfig,
    services: Services,
    options: PipelineOptions,
  ) => Promise<Pick<Pipeline, 'on' | 'run'>>;
  readonly startMockUpstreams: typeof startMockUpstreams;
  readonly stderr: NodeJS.WriteStream;
  readonly stdout: Pick<NodeJS.WriteStream, 'isTTY'>;
  readonly clock: Clock;
  readonly exit: (code: number) => void;
}

const processPorts: RunPorts = {
  loadConfig,
  createPipeline,
  startMockUpstreams,
  stderr: process.stderr,
  stdout: process.stdout,
  clock: systemClock,
  exit: (code) => process.exit(code),
};

/**
 * Carries out one run and returns the exit code. Throws what keeps it from starting: a config that can't be used,
 * a source that has no embedded upstream.
 */
export async function runCommand(options: RunCommandOptions, ports: RunPorts = processPorts): Promise<number> {
  const { stderr, clock } = ports;
  const loaded = await ports.loadConfig({
    cwd: process.cwd(),
    env: process.env,
    // Neither asks anybody who would look at credentials.
    mock: options.mock === true || options.replay !== undefined,
    file: options.config,
    overrides: { sources: options.source, sinks: options.sink, deadlineMs: options.deadline },
  });
  keepSecret(loaded.secrets);
  tuneHeap(loaded.sources.length);
  if (options.mock === true && loaded.engine !== undefined) throw unreachableMock(loaded.engine.plugin.name);
  const { config, upstreams, close } =
    options.mock === true
      ? await (await import('../mock-sources.ts')).mockSources(loaded, ports.startMockUpstreams)
      : { config: loaded, upstreams: 0, close: async () => {} };
  if (options.report !== undefined) await prepareReportFile(options.report);
  const { quiet = false, json = false, logLevel, record, replay } = options;
  // A replay keeps no state, and there is nothing to take up.
  const told = replay === undefined ? config : { ...config, state: undefined };
  const output = await createRunOutput({
    config: told,
    stderr,
    stdout: ports.stdout,
    clock,
    logLevel,
    quiet,
    json,
    command: commandLine(options),
  });
  const { logger } = output;
  if (upstreams > 0) logger.info(`embedded upstreams on loopback: ${upstreams}`, { event: 'mock', upstreams });
  if (record !== undefined) logger.info(`every exchange is kept in ${record}`, { event: 'record', folder: record });
  if (replay !== undefined)
    logger.info(`answers come from ${replay}: nobody is asked`, { event: 'replay', folder: replay });

  const metrics = await startMetrics(options.metricsPort, logger);
  const stopping = new AbortController();
  const forget = onInterrupt({
    first(signal) {
      logger.warn(`${signal}: stopping…, press Ctrl-C again to stop at once`, { event: 'interrupt', signal });
      stopping.abort();
    },
    second() {
      output.stop();
      ports.exit(exitCodes.interrupted);
    },
  });
  try {
    const { signal } = stopping;
    const { fullRefresh } = options;
    const begin = { resume: resumeOf(options), record, replay, fullRefresh, signal };
    const pipeline = await ports.createPipeline(config, { logger }, begin).catch((thrown: unknown) => {
      if (!signal.aborted || !(thrown instanceof SluiceError)) throw thrown;
      // What it was waiting for when it was told to stop.
      logger.error(thrown.message, { event: 'interrupt', code: thrown.code });
      return undefined;
    });
    if (pipeline === undefined) return exitCodes.interrupted;
    pipeline.on(output.listen);
    if (metrics !== undefined) pipeline.on(metrics.listen);
    const result = await pipeline.run({ signal });
    output.stop();
    const isTold = await output.report(result);
    if (options.report !== undefined) await writeReport(options.report, result.record, logger);
    return isTold || result.exitCode !== exitCodes.ok ? result.exitCode : exitCodes.failed;
  } finally {
    output.stop();
    forget();
    await metrics?.close();
    await close();
  }
}

/** They are of this process, on ports that no worker knows. */
function unreachableMock(engine: string): SluiceError {
  const text = `the workers of the engine "${engine}" can't reach embedded upstreams of this process: start "pipeline mock" and name its addresses as baseUrl, or leave out --mock`;
  return new SluiceError('config_invalid', text);
}

/** What the run has delivered counts, whether or not a report of it can be written. */
async function writeReport(file: string, record: RunRecord, logger: Logger): Promise<void> {
  try {
    await writeReportFile(file, await formatReport(record, formatOfFile(file) ?? 'html'));
    logger.info(`the report is in ${file}`, { event: 'report-file', file });
  } catch (error) {
    logger.error(error instanceof Error ? error.message : String(error), { event: 'report-file', file });
  }
}

function resumeOf({ resume, retryFailed }: RunCommandOptions): ResumeRequest | undefined {
  if (retryFailed !== undefined) return { kind: 'retry-failed', runId: retryFailed };
  if (resume === undefined) return undefined;
  return resume === true ? { kind: 'last' } : { kind: 'run', runId: resume };
}

/** The command for the same config, sources and sinks: a run is taken up by no other. */
function commandLine({ config, source = [], sink = [], mock = false }: RunCommandOptions): string {
  return [
    'pipeline run',
    ...(config === undefined ? [] : [`--config ${config}`]),
    ...(mock ? ['--mock'] : []),
    ...source.map((name) => `--source ${name}`),
    ...sink.map((name) => `--sink ${name}`),
  ].join(' ');
}
