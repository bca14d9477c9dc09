/**
 * The author's entry (`sluice/plugin`). Safe in a worker thread: nothing here reaches DI, HTTP or the CLI.
 */
import type { ChildResource } from './contracts/child.ts';
import type { JsonObject } from './contracts/json.ts';
import type { NamedMiddleware } from './contracts/middleware.ts';
import type { Model } from './contracts/model.ts';
import type { Normalizer } from './contracts/normalizer.ts';
import type { SinkPlugin } from './contracts/sink.ts';
import type { SourceAdapter } from './contracts/pager.ts';
import type { SourceOfRaw, SourcePlugin, WithoutRaw } from './contracts/source.ts';
import type { SourceFactory } from './contracts/source-factory.ts';

export { apiKey, basic, bearer, oauth2ClientCredentials, oauth2RefreshToken, signedRequests } from './auth/declare.ts';
export type { ClientCredentialsOptions, RefreshTokenOptions } from './auth/declare.ts';
export type { Auth, Credentials, SignableRequest, SignRequest } from './contracts/auth.ts';
export { SluiceError } from './errors.ts';
export type { ErrorCode, ErrorDetails } from './errors.ts';
export type { Batch } from './contracts/batch.ts';
export type { ChildResource } from './contracts/child.ts';
export type { CursorKind, CursorValue, Incremental } from './contracts/incremental.ts';
export type { JsonObject, JsonValue } from './contracts/json.ts';
export type { Handler, HttpRequest, HttpResponse, Middleware } from './contracts/http.ts';
export type { MiddlewarePlace, NamedMiddleware } from './contracts/middleware.ts';
export type { MockApi, MockRequest, MockResponse, MockSettings } from './contracts/mock.ts';
export { createDice } from './dice.ts';
export type { Dice } from './dice.ts';
export type { Logger } from './contracts/logger.ts';
export type {
  Amount,
  PriceChange,
  PricePoint,
  PriceSeries,
  PriceTrends,
  SeenProduct,
} from './contracts/price-trends.ts';
export type { QueryAnswer, QueryColumn, QueryRequest, QueryValue } from './contracts/query.ts';
export type { ErrorEntry, RunReport, SourceMonitoring } from './contracts/report.ts';
export type { RecordsDiff, RecordsDiffRequest, Shift } from './contracts/run-diff.ts';
export type {
  SinkContext,
  SinkDistribution,
  SinkModel,
  SinkPlugin,
  SinkPosition,
  SinkWriter,
  SourceOrigin,
} from './contracts/sink.ts';
export { checkFolder } from './check-folder.ts';
export { cleanText } from './redact.ts';
export { loadLibrary } from './load-library.ts';
export { makeFolder } from './make-folder.ts';
export { syncFolder } from './sync-folder.ts';
export { sinkError } from './sink-error.ts';
export { cursorPagination } from './pagination/cursor.ts';
export type { CursorOptions } from './pagination/cursor.ts';
export type { LimitedListingOptions } from './pagination/limited-listing.ts';
export { graphqlPagination } from './pagination/graphql.ts';
export type { GraphqlOptions } from './pagination/graphql.ts';
export { linkPagination } from './pagination/link.ts';
export type { LinkOptions } from './pagination/link.ts';
export { nextUrlPagination } from './pagination/next-url.ts';
export type { NextUrlOptions } from './pagination/next-url.ts';
export { offsetPagination } from './pagination/offset.ts';
export type { OffsetOptions } from './pagination/offset.ts';
export type { ListingOptions } from './pagination/options.ts';
export { pagePagination } from './pagination/page-number.ts';
export type { PageNumberOptions } from './pagination/page-number.ts';
export { pageRequest } from './pagination/page-request.ts';
export type { PageRequestOptions, Query } from './pagination/page-request.ts';
export { singlePage } from './pagination/single.ts';
export { timeWindowPagination } from './pagination/time-window.ts';
export type { Duration, TimeWindow, TimeWindowOptions } from './pagination/time-window.ts';
export type { BodyReader, CountSource, ValueSource } from './pagination/total.ts';
export type { FetchedPage, PageRequest } from './contracts/page.ts';
export type { Pager, PagerStyle, SourceAdapter } from './contracts/pager.ts';
export type { UnknownBody } from './contracts/json.ts';
export type { Model, Numeric, RecordHead, UnifiedRecord } from './contracts/model.ts';
export { chain } from './normalizing/chain.ts';
export { mapFields } from './normalizing/map-fields.ts';
export type { FieldMap, FieldMapper } from './normalizing/map-fields.ts';
export { defineEnricher } from './normalizing/define-enricher.ts';
export type { EnrichContext, Enricher, EnrichRequest, EnrichResponse } from './contracts/enricher.ts';
export { drop } from './normalizing/drop.ts';
export type {
  Chain,
  Dropped,
  NormalizeContext,
  Normalized,
  NormalizeFunction,
  Normalizer,
  Outcome,
  Step,
} from './contracts/normalizer.ts';
export type { Product, ProductFields } from './contracts/product.ts';
export type { HeaderMatch, ResponseAction, ResponseRule } from './contracts/response-rule.ts';
export type { RateLimit, SourceOfRaw, SourcePlugin } from './contracts/source.ts';
export type { SourceFactory } from './contracts/source-factory.ts';
export { pluginApiVersion } from './plugin-api-version.ts';

/** Declares a source; gives it back unchanged, typed. */
export function defineSource<Raw>(source: SourceOfRaw<Raw>): SourceOfRaw<Raw>;
export function defineSource<const Source extends SourcePlugin>(source: Source & WithoutRaw<Source>): Source;
export function defineSource(source: SourcePlugin): SourcePlugin {
  return source;
}

/** Declares a source that is made by options, which its schema types; gives it back unchanged. */
export function defineSourceFactory<Input, Options>(
  factory: SourceFactory<Input, Options>,
): SourceFactory<Input, Options> {
  return factory;
}

/** What `defineChild` takes: the type of the parent's fields goes from `parent` to `pagination`. */
export interface ChildDeclaration<Item, Parent extends JsonObject> extends ChildResource {
  parent(item: Item): Parent | undefined;
  pagination(parent: Parent): SourceAdapter;
}

/** Declares a dependent resource of a source; gives it back unchanged. */
export function defineChild<Item, Parent extends JsonObject>(child: ChildDeclaration<Item, Parent>): ChildResource {
  return child;
}

/** Declares how a raw item becomes the model's fields; gives it back unchanged, typed. */
export function defineNormalizer<Raw, Fields extends object = object>(
  normalizer: Normalizer<Raw, Fields>,
): Normalizer<Raw, Fields> {
  return normalizer;
}

/** Declares a middleware; gives it back unchanged, typed. */
export function defineMiddleware(middleware: NamedMiddleware): NamedMiddleware {
  return middleware;
}

/**
 * Declares a kind of sink; gives it back unchanged, typed. `defineSink<Options, Product>` says whose records it takes: that
 * is taken at its word.
 */
export function defineSink<Options = unknown, Fields extends object = Record<string, unknown>>(
  sink: SinkPlugin<Options, Fields>,
): SinkPlugin<Options, Fields> {
  return sink;
}

/** Declares a record model; gives it back unchanged, typed. */
export function defineModel<Output extends object, Input = unknown>(
  model: Model<Output, Input> & { readonly fields?: readonly (keyof Output & string)[] },
): Model<Output, Input> {
  return model;
}
