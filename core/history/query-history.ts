import type { ResolvedConfig } from '../config/resolved.ts';
import type { QueryAnswer } from '../contracts/query.ts';
import { SluiceError } from '../errors.ts';
import { describeModel } from '../run/describe-model.ts';

/** What is asked. */
export interface HistoryQuestion {
  /** One statement that reads. */
  readonly sql: string;
  /** The run whose records are looked at. Default: the last one. */
  readonly runId?: string | undefined;
}

/** See `queryHistory` in `core/index.ts`. */
export async function queryHistory(
  { sinks, baseDir, model }: Pick<ResolvedConfig, 'sinks' | 'baseDir' | 'model'>,
  question: HistoryQuestion,
): Promise<QueryAnswer> {
  const keeper = sinks.find(({ plugin }) => plugin.auxiliary === true && plugin.query !== undefined);
  if (keeper?.plugin.query === undefined) {
    const text =
      'no history is kept: say "history: true" in the config, and npm install @duckdb/node-api where it is missing';
    throw new SluiceError('history_missing', text);
  }
  return keeper.plugin.query({ ...question, baseDir, model: describeModel(model) }, keeper.options);
}
