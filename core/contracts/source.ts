import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ChildResource } from './child.ts';
import type { Auth } from './auth.ts';
import type { Incremental } from './incremental.ts';
import type { UnknownBody } from './json.ts';
import type { NamedMiddleware } from './middleware.ts';
import type { MockApi } from './mock.ts';
import type { NormalizerPlan, Step } from './normalizer.ts';
import type { PageRequest } from './page.ts';
import type { SourceAdapter } from './pager.ts';
import type { ResponseRule } from './response-rule.ts';

/** Never more than `requests` arrivals in any `perMs` milliseconds, as the upstream sees it. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
}

/** What a source declares; made by `defineSource`. */
export interface SourcePlugin {
  /** Lower-case name: letters, digits, `-`, `_`; it is the first half of every record's id. */
  readonly name: string;
  /** Versions of the plugin API that it was written for, as a semver range such as `^1`. Default: not checked. */
  readonly api?: string;
  readonly baseUrl: string;
  /**
   * What the upstream allows: one window, or several that all hold at once (5 a second and 100 a minute). A config may
   * only be stricter knowingly: it overrides this.
   */
  readonly rateLimit: RateLimit | readonly RateLimit[];
  /**
   * Sources of one API that name the same group share one limit within a run: all of their windows hold for all of them
   * together. Default: a limit of its own.
   */
  readonly limitGroup?: string;
  /**
   * How many places of every window a request takes, a whole number of at least 1. Called before each attempt on the
   * main thread. Default: 1 for each.
   */
  cost?(request: PageRequest): number;
  /** One of the pagers, or `first` and `next` of your own. */
  readonly pagination: SourceAdapter;
  /** Finds the list of items in a parsed body. Default: the body itself. Runs in the worker. */
  items?(body: UnknownBody): unknown;
  /**
   * What an item looks like: any Standard Schema. Items that it refuses are rejected with `invalid_raw`, and the normalizer
   * gets what it returns, typed. One that answers with a promise is refused. Default: items are not checked.
   */
  readonly raw?: StandardSchemaV1;
  /** Turns an item into the model's fields: one step, or several that follow each other. */
  readonly normalizer: NormalizerPlan;
  /** Listings that hang from each item, such as the reviews of a product. Default: none. */
  readonly children?: readonly ChildResource[];
  /**
   * How it proves who asks: one of `apiKey`, `bearer`, `basic`, `oauth2ClientCredentials`, `oauth2RefreshToken` and
   * `signedRequests`. Applied to every request on the wire, never for another origin. Default: nothing.
   */
  readonly auth?: Auth;
  /** Sent with every request. Values may hold secrets; they are never printed. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * What responses mean that say it in a way of their own: a 200 with an error in it, a 404 past the last page. The
   * first rule that matches decides, before the status is judged. Default: the status alone does.
   */
  readonly responseActions?: readonly ResponseRule[];
  /** Asks only for what has changed since the last complete run. Default: every run asks for everything. */
  readonly incremental?: Incremental;
  /**
   * Asks by `ETag` and `Last-Modified` whether a page has changed since an earlier run; one that has not is taken from what
   * was kept, and its records are delivered all the same. Default false.
   */
  readonly conditional?: boolean;
  /** Middleware of its own, first is outermost; the config's stand outside them. Default: none. */
  readonly middleware?: readonly NamedMiddleware[];
  /** An embedded upstream that answers as the real one does, for `--mock` and `pipeline mock`. Loaded on use. */
  mock?(): Promise<{ readonly default: MockApi }>;
}

/** A source that says what its items look like: its first step takes what the schema returns. */
export interface SourceOfRaw<Raw> extends SourcePlugin {
  readonly raw: StandardSchemaV1<unknown, Raw>;
  readonly normalizer: Step<Raw> | readonly [Step<Raw>, ...Step[]];
}

/** Nothing that a source with a raw schema is: its normalizer has to fit the schema. */
export type WithoutRaw<Source> = Source extends { readonly raw: StandardSchemaV1 } ? never : unknown;
