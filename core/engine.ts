/**
 * The entry for authors of engines (`sluice/engine`): the building blocks of a run, for one that spreads it over
 * processes. Heavy: an engine's own entry file imports it when it is used.
 */
import type { EnginePlugin } from './engine/engine-plugin.ts';

export type {
  CoordinatedRun,
  CoordinateOptions,
  EngineContext,
  EnginePlugin,
  WorkOptions,
} from './engine/engine-plugin.ts';
export type { ResolvedConfig, ResolvedSink, ResolvedSource } from './config/resolved.ts';
export type {
  Batch,
  PageInput,
  PageProcessor,
  PageRead,
  PageUnreadable,
  PageVerdict,
  Reject,
} from './contracts/batch.ts';
export type { ChildOf } from './contracts/child.ts';
export type { Clock, Random } from './contracts/clock.ts';
export type * from './contracts/engine.ts';
export type { EmitEvent, RunEvent, TimedEvent } from './contracts/events.ts';
export type { Handler, HttpRequest, HttpResponse, Middleware, TransportFactory } from './contracts/http.ts';
export type * from './contracts/journal.ts';
export type { CursorKind, CursorValue } from './contracts/incremental.ts';
export type { JsonObject, JsonValue } from './contracts/json.ts';
export type { Logger } from './contracts/logger.ts';
export type { PageMetrics } from './contracts/metrics.ts';
export type { PageRequest } from './contracts/page.ts';
export type { QualityCounts } from './contracts/quality.ts';
export type { RunReport, SourceState } from './contracts/report.ts';
export type * from './contracts/resilience.ts';
export type { RunRecord } from './contracts/run-record.ts';
export type { SinkContext, SinkPlugin, SinkPosition, SinkWriter } from './contracts/sink.ts';
export type { RateLimit } from './contracts/source.ts';
export type { StageClock, TimeSpent } from './contracts/stages.ts';
export { classify, SluiceError } from './errors.ts';
export type { ErrorCode } from './errors.ts';
export { createAuthenticators } from './http/auth/authenticators.ts';
export { createSourceClient } from './http/client.ts';
export { attemptOutcome } from './http/resilience/attempt-outcome.ts';
export type { CircuitBreakerOptions } from './http/resilience/circuit-breaker.ts';
export { circuitOpen } from './http/resilience/circuit-open.ts';
export { costRefused } from './http/resilience/cost-refused.ts';
export { delay } from './http/resilience/delay.ts';
export { createFailureCount } from './http/resilience/failure-count.ts';
export { retryBudgetSettings } from './http/resilience/retry-budget.ts';
export type { Storm } from './http/resilience/source-pause.ts';
export { createLimitsOfRun } from './http/source-limits.ts';
export type { SourceLimits } from './http/source-limits.ts';
export { later } from './incremental/cursor.ts';
export { readCursors, writeCursors } from './incremental/cursor-files.ts';
export type { Cursors } from './incremental/cursor-files.ts';
export { sourcesSince } from './incremental/since.ts';
export { onAbort } from './on-abort.ts';
export { createHasher } from './processing/hash.ts';
export type { Hasher } from './processing/hash.ts';
export { createProcessor } from './processing/create-processor.ts';
export { logEvents } from './log/log-events.ts';
export { countOfDrops } from './processing/drop-reasons.ts';
export { parseTotal } from './pagination/total.ts';
export { type AcceptedPage, checkLength, madeAnew, mostRounds } from './run/acceptance.ts';
export { longestWindow } from './rate-limits.ts';
export { createSamples, type Samples } from './report/samples.ts';
export { createBatch } from './run/batch.ts';
export { type ByteBudget, createByteBudget } from './run/byte-budget.ts';
export { createFetchedPage, type ReadablePage } from './run/fetched-page.ts';
export { followUpsOf, pagerError, startableNow } from './run/follow-ups.ts';
export { holdPage } from './run/held-page.ts';
export { createListings, type Listing, type Listings } from './run/listing.ts';
export { attemptsOf, goesInCircles, mostStalePages, unreadable, whereOf } from './run/page-reader.ts';
export { requestCost } from './run/request-cost.ts';
export { createSideRequests } from './run/side-requests.ts';
export { createClients, type SourceClients } from './run/source-clients.ts';
export { createSourceTotals, type SourceTotals } from './run/source-totals.ts';
export { askedBefore, capReached, crossOrigin, requestHashes, resolveUrl } from './run/worklist.ts';
export { createLetterContent, type LetterContent } from './state/letter-content.ts';
export type { RequestVault } from './state/request-vault.ts';
export { createChannel } from './run/channel.ts';
export { describeModel } from './run/describe-model.ts';
export { createEventBus } from './run/event-bus.ts';
export { createSinkRunner } from './run/sink-runner.ts';
export type { SinkRunner } from './run/sink-runner.ts';
export { sourceOrigins } from './run/source-origins.ts';
export { createStageClocks } from './run/stage-clocks.ts';
export type { ResumeRequest } from './state/choose-run.ts';
export { differences } from './state/fingerprint.ts';
export type { Fingerprint } from './state/fingerprint.ts';
export { addTime } from './metrics/time.ts';
export { addTo } from './metrics/partial.ts';
export { addFigures, noFigures, readFigures, recordsOf, writeFigures } from './state/figures.ts';
export type { WrittenFigures } from './state/figures.ts';
export { figuresSince } from './state/figures-since.ts';
export { createDeadLetters, type DeadLetterPosition, type DeadLetters, noLetters } from './state/dead-letters.ts';
export { nodeDisk } from './state/disk.ts';
export { createNoJournal } from './state/no-journal.ts';
export { addPageFigures } from './state/page-figures.ts';
export { pruneRuns } from './state/prune.ts';
export { letterFile, runFolder } from './state/run-folders.ts';
export { writeRunRecord } from './state/run-record-file.ts';
export type { ListedRun } from './state/list-runs.ts';
export { requestVault } from './state/request-vault.ts';
export { createVault } from './state/vault.ts';
export { createRunId, startOfRun } from './state/run-id.ts';
export { createWaitingLine } from './waiting-line.ts';

/** Declares an engine; gives it back unchanged, typed. */
export function defineEngine<Options>(engine: EnginePlugin<Options>): EnginePlugin<Options> {
  return engine;
}
