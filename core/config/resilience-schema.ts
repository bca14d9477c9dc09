/** Settings of what stands between a source and its upstream: retry, time limits, breaker. */
import { z } from 'zod';

/** The longest time that a timer can measure: 2^31 − 1 ms, about 24 days. */
const longestMs = 2_147_483_647;

/** A length of time in milliseconds. */
export const milliseconds = z.int().min(1).max(longestMs);

export const retry = z
  .strictObject({
    retries: z.int().min(0).max(10).default(3).describe('attempts after the first'),
    baseMs: z.int().min(0).max(longestMs).default(250).describe('upper bound of the first wait in milliseconds'),
    maxMs: z.int().min(0).max(longestMs).default(10_000).describe('upper bound of any wait in milliseconds'),
  })
  .describe('how often and how fast a failed request is asked again');

export const timeouts = z
  .strictObject({
    connectMs: milliseconds.default(5_000).describe('to a connected socket'),
    headersMs: milliseconds.default(10_000).describe('from sent to the response headers'),
    bodyMs: milliseconds.default(10_000).describe('between two pieces of the body'),
    attemptMs: milliseconds.default(30_000).describe('for the whole attempt, waiting for the rate limit aside'),
  })
  .describe('time limits of one attempt in milliseconds');

export const breaker = z
  .strictObject({
    failures: z.int().min(1).max(10_000).default(5).describe('consecutive failures that open it'),
    failureRate: z.number().gt(0).max(1).default(0.8).describe('share of failures in the window that opens it'),
    minimumResults: z.int().min(1).max(1_000_000).default(20).describe('fewest results for the share to count'),
    windowMs: milliseconds.default(30_000).describe('length of the window in milliseconds'),
    cooldownMs: milliseconds.default(5_000).describe('milliseconds from open to the next probe'),
    probes: z.int().min(1).max(1_000).default(3).describe('failed probes in a row that give the source up'),
  })
  .describe('when a failing upstream is left alone');
