/**
 * The host's entry (`sluice`): configure and run. A config file imports it in worker threads too, so nothing heavy is
 * loaded until it is used.
 */
import type { PipelineConfig } from './config/define-config.ts';
import type { LoadOptions } from './config/load.ts';
import type { ResolvedConfig } from './config/resolved.ts';
import type { Logger } from './contracts/logger.ts';
import type { MockApi } from './contracts/mock.ts';
import type { QueryAnswer } from './contracts/query.ts';
import type { Services } from './contracts/services.ts';
import type { HistoryQuestion } from './history/query-history.ts';
import type { DiscoveredSource, DiscoverSourceOptions } from './discovery/discover-source.ts';
import { SluiceError } from './errors.ts';
import type { LoggerOptions } from './log/logger.ts';
import type { MockOptions, MockUpstream } from './mock/server.ts';
import type { CheckResult, Finding } from './probe/check-run.ts';
import type { RunForecast } from './probe/plan-run.ts';
import type { Preview } from './probe/preview-source.ts';
import type { ListedSource, PluginList } from './registry/list-plugins.ts';
import type { Pipeline } from './run/pipeline.ts';
import type { ResumeRequest } from './state/choose-run.ts';

export { authAtUpstream } from './auth/at-upstream.ts';
export { defineConfig } from './config/define-config.ts';
export type { PipelineConfig } from './config/define-config.ts';
export type { SinkOptions, SourceOptions } from './config/plugin-options.ts';
export type { ResolvedConfig } from './config/resolved.ts';
export type { PageProcessor } from './contracts/batch.ts';
export type { Clock, Random } from './contracts/clock.ts';
export type { Engine } from './contracts/engine.ts';
export type { EventListener, RunEvent, TimedEvent } from './contracts/events.ts';
export type {
  Handler,
  HttpRequest,
  HttpResponse,
  Middleware,
  Transport,
  TransportFactory,
  TransportOptions,
} from './contracts/http.ts';
export type { Logger, LogLevel } from './contracts/logger.ts';
export type { PriceTrends } from './contracts/price-trends.ts';
export type { RunDiff } from './contracts/run-diff.ts';
export type { QueryAnswer, QueryColumn, QueryValue } from './contracts/query.ts';
export type { RunReport, SourceState } from './contracts/report.ts';
export type { RunRecord } from './contracts/run-record.ts';
export { workPipeline } from './engine/host.ts';
export type { BreakerState } from './contracts/resilience.ts';
export type { Services } from './contracts/services.ts';
export type { RateLimit } from './contracts/source.ts';
export type { DiscoveredSource } from './discovery/discover-source.ts';
export { createDice } from './dice.ts';
export type { Dice } from './dice.ts';
export { SluiceError };
export type { ErrorCode } from './errors.ts';
export { cleanText, createRedactor } from './redact.ts';
export { loadLibrary } from './load-library.ts';
export { diffRuns, listRuns, readRunRecord } from './kept-runs.ts';
export { secretVariables } from './secret-variables.ts';
export type { LogStream } from './log/logger.ts';
export type { MockArrival } from './mock/arrivals.ts';
export type { MockOptions, MockUpstream } from './mock/server.ts';
export type { CheckResult, Finding } from './probe/check-run.ts';
export type { PlannedSource, RunForecast } from './probe/plan-run.ts';
export type { Preview } from './probe/preview-source.ts';
export type { ListedSource, PluginList } from './registry/list-plugins.ts';
export type { Pipeline, RunOptions, RunResult } from './run/pipeline.ts';
export type { ResumeRequest } from './state/choose-run.ts';
export type { ListedRun } from './state/list-runs.ts';
export { systemClock } from './system-clock.ts';

/**
 * Finds, reads and resolves a config file. Throws one `config_invalid` that lists everything that is wrong with it,
 * or `config_not_found`.
 */
export async function loadConfig(options: LoadOptions): Promise<ResolvedConfig> {
  const { loadConfig: load } = await import('./config/load.ts');
  return load(options);
}

/** How a pipeline begins. */
export interface PipelineOptions {
  /** Takes up an earlier run in the state folder. Default: a new one begins. */
  readonly resume?: ResumeRequest | undefined;
  /** Folder, new or empty, in which every exchange is kept, without secrets. Default: none is. */
  readonly record?: string | undefined;
  /** Folder of such exchanges, from which all answers come: nobody is asked. Default: the upstreams are. */
  readonly replay?: string | undefined;
  /** Asks every source for everything, whatever earlier runs have read. Default false; a run that is recorded does. */
  readonly fullRefresh?: boolean | undefined;
  /**
   * The signal of the run. With an engine, aborting it also ends the waiting for a server that is away while the run begins
   * or ends. Default: it is waited for as long as it takes.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds a pipeline from a config: one that was loaded, or one written as an object. `services` stand in for the
 * built-in ones. Where the config has a state folder, it is this pipeline's alone until the run has ended. Throws
 * `config_invalid` for a config that can't be run, `state_locked`, `run_not_found` and `run_not_resumable`, and
 * `recording_failed` for a folder that can't be recorded into or replayed, before any request.
 */
export async function createPipeline(
  config: PipelineConfig | ResolvedConfig,
  services: Services = {},
  options: PipelineOptions = {},
): Promise<Pipeline> {
  const { createPipeline: create } = await import('./di/create-pipeline.ts');
  return create(config, services, options);
}

/**
 * Answers a question in SQL about the history of the config, and about the records of a run; only reads. Throws
 * `history_missing`, `run_not_found` where the records of a run are not kept, and `query_failed` with the place of a mistake.
 */
export async function queryHistory(
  config: Pick<ResolvedConfig, 'sinks' | 'baseDir' | 'model'>,
  question: HistoryQuestion,
): Promise<QueryAnswer> {
  const { queryHistory: query } = await import('./history/query-history.ts');
  return query(config, question);
}

/**
 * Asks each source for its first page and works out what a run will take. Writes nothing but, where the state folder is
 * there already, the note of each request. Throws `state_locked` where a run is under way, and the signal's reason; what
 * an upstream does is in the forecast.
 */
export async function planRun(config: ResolvedConfig, services: Services, signal: AbortSignal): Promise<RunForecast> {
  const { planRun: plan } = await import('./probe/plan-run.ts');
  return plan(config, services, signal);
}

/**
 * Looks at everything that a run needs: one request to each source, the write access of each sink, the state folder. All
 * problems are in the result; what there is stays as it is. Throws the signal's reason.
 */
export async function checkRun(config: ResolvedConfig, services: Services, signal: AbortSignal): Promise<CheckResult> {
  const { checkRun: check } = await import('./probe/check-run.ts');
  return check(config, services, signal);
}

/** The problems of a config that could not be loaded, one by one. */
export async function configFindings(thrown: unknown): Promise<readonly Finding[]> {
  const { configFindings: find } = await import('./probe/check-run.ts');
  return find(thrown);
}

/**
 * Shows the first `count` items of a source, raw and normalised. Throws what keeps them from being had, and the signal's
 * reason.
 */
export async function previewSource(
  config: ResolvedConfig,
  services: Services,
  signal: AbortSignal,
  wanted: { readonly source: string; readonly count: number },
): Promise<Preview> {
  const { previewSource: preview } = await import('./probe/preview-source.ts');
  return preview(config, services, signal, wanted);
}

/** Lists the plugins that need no installation. */
export async function listPlugins(): Promise<PluginList> {
  const { listPlugins: list } = await import('./registry/list-plugins.ts');
  return list();
}

/** Lists the sources of a config, with what its entries say in the place of their plugins. */
export async function listConfigured(config: ResolvedConfig): Promise<readonly ListedSource[]> {
  const { listConfigured: list } = await import('./registry/list-plugins.ts');
  return list(config);
}

/** The config that stands in a folder itself, good or bad, without loading it; undefined where there is none. */
export async function configIn(folder: string): Promise<string | undefined> {
  const { configIn: find } = await import('./config/config-places.ts');
  return find(folder);
}

/** The JSON Schema of a config file, for editors: see `pipeline schema`. */
export async function editorSchema(): Promise<object> {
  const { editorSchema: create } = await import('./config/editor-schema.ts');
  return create();
}

/** Creates the logger of a process, on consola. */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  const { createLogger: create } = await import('./log/logger.ts');
  return create(options);
}

/** Loads the embedded upstreams of the built-in sources. */
export async function loadBuiltinMocks(): Promise<readonly MockApi[]> {
  const { loadBuiltinMocks: load } = await import('./mock/builtin-mocks.ts');
  return load();
}

/** Starts embedded upstreams on loopback, one for each API. */
export async function startMockUpstreams(
  apis: readonly MockApi[],
  options?: MockOptions,
): Promise<readonly MockUpstream[]> {
  const { startMockUpstreams: start } = await import('./mock/server.ts');
  return start(apis, options);
}

/**
 * Asks an API that nobody knows yet a few requests, and writes a source for it. Throws a `SluiceError` where it can't be
 * asked, or holds no listing.
 */
export async function discoverSource(options: DiscoverSourceOptions): Promise<DiscoveredSource> {
  const { discoverSource: find } = await import('./discovery/discover-source.ts');
  return find(options);
}

/** The name that a source of this URL gets, unless it is told. Throws `config_invalid` for what is no name or no URL. */
export async function discoveredName(url: string, told?: string): Promise<string> {
  return (await import('./discovery/discover-source.ts')).discoveredName(url, told);
}
