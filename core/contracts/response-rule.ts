import type { UnknownBody } from './json.ts';

/**
 * What is to be made of a response.
 * - `retry`: it is a failure, and asking again can help;
 * - `fail`: it is an error for good, whatever its status; the page is lost;
 * - `ignore`: the page holds nothing to read, and that is no error;
 * - `rate-limited`: it is a refusal for the rate, as a 429 is: the whole source pauses;
 * - `end-of-pages`: the page holds nothing to read, and no other comes after it.
 */
export type ResponseAction = 'retry' | 'fail' | 'ignore' | 'rate-limited' | 'end-of-pages';

/** A header that a response must have for a rule to match. */
export interface HeaderMatch {
  /** In any case. */
  readonly name: string;
  /** The whole value as it stands, or what a part of it must match. Default: any value will do. */
  readonly value?: string | RegExp;
}

/** Says what a response of this source means. It must match in every part that is given; at least one is. */
export interface ResponseRule {
  readonly status?: number | readonly number[];
  readonly header?: HeaderMatch;
  /**
   * Asked only where status and header match, with the body parsed on the main thread. A body that is no JSON object
   * or list does not match. One that throws, or gives anything but true or false, fails the page as `plugin_invalid`.
   */
  body?(body: UnknownBody): boolean;
  readonly action: ResponseAction;
  /** For people: what the upstream means by it. Shown where the action is an error or a pause. */
  readonly message?: string;
}
