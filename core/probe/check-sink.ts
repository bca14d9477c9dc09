import type { ResolvedConfig, ResolvedSink } from '../config/resolved.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Logger } from '../contracts/logger.ts';
import type { SinkContext } from '../contracts/sink.ts';
import { SluiceError } from '../errors.ts';
import { describeModel } from '../run/describe-model.ts';
import { within } from '../run/within.ts';
import { sinkError } from '../sink-error.ts';
import { createRunId, startOfRun } from '../state/run-id.ts';
import type { Finding } from './check-run.ts';

export interface CheckSinkOptions {
  readonly config: Pick<ResolvedConfig, 'baseDir' | 'sources' | 'model'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Finds out whether a sink could be written to. Nothing that is there is touched, and nothing is left behind. */
export async function checkSink(sink: ResolvedSink, { config, clock, logger }: CheckSinkOptions): Promise<Finding> {
  const { name, plugin, options, timeoutMs } = sink;
  const about = { what: 'sink', name } as const;
  const runId = createRunId(clock.date());
  const context: SinkContext = {
    runId,
    name,
    baseDir: config.baseDir,
    sources: config.sources.map((source) => source.name),
    takes: sink.route?.sources ?? config.sources.map((source) => source.name),
    startedAt: startOfRun(runId),
    model: describeModel(config.model),
    resumable: false,
    logger,
  };
  const look = async (): Promise<void> => {
    if (plugin.check !== undefined) return plugin.check(context, options);
    await (await plugin.open(context, options)).abort();
  };
  const late = (): SluiceError => new SluiceError('sink_failed', `it did not open within ${timeoutMs} ms`);
  try {
    await within(look(), { clock, ms: timeoutMs, late });
    return { ...about, ok: true, code: null, message: 'can be written', hint: null };
  } catch (thrown) {
    const { code, message } = sinkError(thrown, 'opening');
    return { ...about, ok: false, code, message, hint: null };
  }
}
