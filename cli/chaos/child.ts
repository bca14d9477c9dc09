/**
 * A process that lives one life of a run, made to be killed: takes its settings as JSON in the first argument, and tells
 * on stdout, as lines of JSON, that the run has begun and how it ended.
 */
import { createPipeline, type Logger } from '../../core/index.ts';
import { keepSecret, withoutSecrets } from '../known-secrets.ts';
import { chaosConfig, type LifeSettings, loadChaosConfig } from './chaos-config.ts';

/** A line of stdout. */
export type LifeNews =
  | { readonly event: 'running' }
  | { readonly event: 'ended'; readonly exitCode: number; readonly errors: readonly string[] };

/** Errors of a report that are told. */
const toldErrors = 3;

const logger: Logger = {
  error: (message) => void process.stderr.write(`${message}\n`),
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

// The other end of this pipe is closed when the parent ends, however it ends: nobody is left to wait for this life.
process.stdin.on('close', () => process.exit(1)).resume();

try {
  // Written by the parent, which is this very program.
  const settings = JSON.parse(process.argv[2] ?? '') as LifeSettings;
  const config = chaosConfig(await loadChaosConfig(settings.configFile, settings.sources), settings);
  keepSecret(config.secrets);
  const pipeline = await createPipeline(config, { logger }, { resume: settings.resume });
  pipeline.on(({ type }) => {
    if (type === 'run-started') tell({ event: 'running' });
  });
  const { exitCode, report } = await pipeline.run();
  const errors = report.errors.slice(0, toldErrors).map(({ message }) => message);
  tell({ event: 'ended', exitCode, errors }, () => process.exit(0));
} catch (error) {
  const message = withoutSecrets(error instanceof Error ? error.message : String(error));
  process.stderr.write(`${message}\n`, () => process.exit(1));
}

function tell(news: LifeNews, done?: () => void): void {
  process.stdout.write(`${JSON.stringify(news)}\n`, done);
}
