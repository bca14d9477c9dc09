import {
  createLogger,
  createRedactor,
  loadConfig,
  type LogLevel,
  type Services,
  workPipeline,
} from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { onInterrupt } from '../interrupts.ts';
import { keepSecret } from '../known-secrets.ts';
import type { MetricsAddress } from '../metrics/serve-metrics.ts';
import { startMetrics } from '../metrics/start-metrics.ts';
import { takesColor } from '../render/paint.ts';
import { formatMs } from '../render/text.ts';

export interface WorkerCommandOptions {
  readonly config?: string;
  readonly source?: readonly string[];
  readonly sink?: readonly string[];
  /** Pages in hand at once. */
  readonly concurrency?: number;
  /** Milliseconds. */
  readonly drain: number;
  /** Where to answer Prometheus. */
  readonly metricsPort?: MetricsAddress;
  readonly logLevel?: LogLevel;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What the command needs of the world. */
export interface WorkerPorts {
  readonly loadConfig: typeof loadConfig;
  readonly work: typeof workPipeline;
  readonly stderr: NodeJS.WriteStream;
  readonly exit: (code: number) => void;
}

const processPorts: WorkerPorts = {
  loadConfig,
  work: workPipeline,
  stderr: process.stderr,
  exit: (code) => process.exit(code),
};

/**
 * Takes pages until it is told to end, and returns the exit code. Throws what keeps it from working: a config or a server that
 * can't be used, a run of another config, a sink that failed.
 */
export async function workerCommand(options: WorkerCommandOptions, ports: WorkerPorts = processPorts): Promise<number> {
  const { concurrency, drain, quiet = false, json = false, logLevel } = options;
  const config = await ports.loadConfig({
    cwd: process.cwd(),
    env: process.env,
    file: options.config,
    overrides: { sources: options.source, sinks: options.sink },
  });
  keepSecret(config.secrets);
  const { stderr } = ports;
  const logger =
    config.services.logger ??
    (await createLogger({
      level: logLevel ?? (quiet ? 'error' : 'info'),
      json,
      color: !json && takesColor(stderr),
      stream: { write: (text) => stderr.write(text) },
      redact: createRedactor(config.secrets),
    }));
  const services: Services = { logger };
  const metrics = await startMetrics(options.metricsPort, logger);
  const stopping = new AbortController();
  const forget = onInterrupt({
    first(signal) {
      logger.warn(`${signal}: finishing what is in hand, within ${formatMs(drain)}`, { event: 'interrupt', signal });
      stopping.abort();
    },
    second: () => ports.exit(exitCodes.interrupted),
  });
  try {
    await ports.work(config, services, {
      concurrency,
      drainMs: drain,
      signal: stopping.signal,
      listen: metrics?.listen,
    });
    logger.info('let go of all pages', { event: 'drained' });
    return exitCodes.ok;
  } finally {
    forget();
    await metrics?.close();
  }
}
