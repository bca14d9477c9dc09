/**
 * The entry for tests of plugins (`sluice/testing`): works with any test runner, for a test of a plugin is an asynchronous
 * function that throws one error with all that is wrong.
 */
import { Reply } from './testing/upstream.ts';

export { testNormalizer } from './testing/test-normalizer.ts';
export type { NormalizerTestOptions } from './testing/test-normalizer.ts';
export { testSink } from './testing/test-sink.ts';
export type { SinkTestOptions } from './testing/test-sink.ts';
export { testSource } from './testing/test-source.ts';
export type { SourceTestOptions, SourceTestResult } from './testing/test-source.ts';
export type { Pages } from './testing/upstream.ts';
export type { Reply } from './testing/upstream.ts';

/** What else a page may be than a body alone. */
export interface ReplyOptions {
  /** Default 200. */
  readonly status?: number;
  /** Beside `content-type: application/json`, which they may replace. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes a page of a body, with a status and headers: where a total or a link to the next page stands in those. */
export function reply(body: unknown, { status = 200, headers = {} }: ReplyOptions = {}): Reply {
  return new Reply(body, status, headers);
}
