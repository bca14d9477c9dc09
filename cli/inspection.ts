import {
  createLogger,
  createRedactor,
  loadConfig,
  type ResolvedConfig,
  type Services,
  startMockUpstreams,
} from '../core/index.ts';
import { exitCodes } from './exit-codes.ts';
import { onInterrupt } from './interrupts.ts';
import { keepSecret } from './known-secrets.ts';
import { mockSources } from './mock-sources.ts';

/** What commands that ask the sources, and write nothing, need of the world. */
export interface InspectionPorts {
  readonly loadConfig: typeof loadConfig;
  readonly startMockUpstreams: typeof startMockUpstreams;
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'columns' | 'isTTY'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  readonly exit: (code: number) => void;
}

/** Those of this process. */
export const processPorts: InspectionPorts = {
  loadConfig,
  startMockUpstreams,
  stdout: process.stdout,
  stderr: process.stderr,
  exit: (code) => process.exit(code),
};

export interface InspectionOptions {
  readonly config?: string;
  readonly source?: readonly string[];
  readonly mock?: boolean;
}

/** Asks the sources of a config for something, until `signal` says that nobody waits for it any more. */
export type Inspection<T> = (config: ResolvedConfig, services: Services, signal: AbortSignal) => Promise<T>;

/**
 * Loads the config, starts embedded upstreams where they are wanted, and has the sources asked, with a word on the
 * terminal meanwhile. Undefined after a Ctrl-C; a second one ends the process. Throws what keeps it from beginning.
 */
export async function inspect<T>(
  options: InspectionOptions,
  ports: InspectionPorts,
  work: Inspection<T>,
): Promise<T | undefined> {
  const { stderr } = ports;
  const loaded = await ports.loadConfig({
    cwd: process.cwd(),
    env: process.env,
    mock: options.mock,
    file: options.config,
    overrides: { sources: options.source },
  });
  keepSecret(loaded.secrets);
  const { config, close } =
    options.mock === true
      ? await mockSources(loaded, ports.startMockUpstreams)
      : { config: loaded, close: async () => {} };
  const stopping = new AbortController();
  const forget = onInterrupt({
    first: () => stopping.abort(),
    second: () => ports.exit(exitCodes.interrupted),
  });
  const count = config.sources.length;
  const waiting = `asking ${count === 1 ? (config.sources[0]?.name ?? '') : `${count} sources`} for the first page …`;
  if (stderr.isTTY) stderr.write(waiting);
  try {
    // What there is to say is in the outcome: what the chain tells on its way would only tear the table apart.
    const logger = await createLogger({
      level: 'silent',
      json: false,
      color: false,
      stream: stderr,
      redact: createRedactor(config.secrets),
    });
    return await work(config, { logger }, stopping.signal);
  } catch (thrown) {
    if (stopping.signal.aborted) return undefined;
    throw thrown;
  } finally {
    if (stderr.isTTY) stderr.write('\r\u001b[K');
    forget();
    await close();
  }
}
