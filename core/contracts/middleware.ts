import type { Middleware } from './http.ts';

/**
 * Where in the chain a middleware stands. `run`: outside retries, once for a page. `attempt`: inside retries and response
 * actions, outside redirects, once for each attempt. `hop`: inside redirects and auth, for every request on the wire. None
 * stands behind the limits: whatever a middleware asks for goes through them.
 */
export type MiddlewarePlace = 'run' | 'attempt' | 'hop';

/** A middleware of a user, made by `defineMiddleware`. */
export interface NamedMiddleware {
  /** Lower-case name: letters, digits, `-`, `_`; unique among those of a source. */
  readonly name: string;
  /** Default `attempt`. */
  readonly place?: MiddlewarePlace;
  /** Makes a handler around the next one. Called once for each source, so what it keeps is that source's alone. */
  readonly wrap: Middleware;
}
