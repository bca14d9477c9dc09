import type { ResolvedSource } from '../../core/config/resolved.ts';
import { defineNormalizer, defineSource, type SourcePlugin } from '../../core/plugin.ts';
import { windowsOf } from '../../core/rate-limits.ts';

/** A source with everything decided, for tests that care about a part of it. */
export function resolvedSource(
  baseUrl: string,
  { rateLimit, ...change }: Partial<ResolvedSource> & Partial<Pick<SourcePlugin, 'rateLimit'>> = {},
): ResolvedSource {
  const plugin = defineSource({
    name: 'shop',
    baseUrl,
    rateLimit: { requests: 5, perMs: 1000 },
    pagination: { style: 'single', needs: 'headers', first: () => [{ key: 'all', url: '/' }], next: () => [] },
    normalizer: defineNormalizer({ normalize: (item: { id: number }) => item }),
  });
  return {
    name: plugin.name,
    plugin,
    locator: { kind: 'inline' },
    baseUrl,
    rateLimits: windowsOf(rateLimit ?? plugin.rateLimit),
    rateLimitMarginMs: 20,
    concurrency: 4,
    retry: { retries: 3, baseMs: 100, maxMs: 1000 },
    timeouts: { connectMs: 1000, headersMs: 2000, bodyMs: 1000, attemptMs: 5000 },
    breaker: {
      failures: 5,
      failureRate: 0.8,
      minimumResults: 20,
      windowMs: 30_000,
      cooldownMs: 1000,
      probes: 3,
    },
    maxPages: 1000,
    conditional: false,
    maxHeaderBytes: 16_384,
    maxBodyBytes: 1_000_000,
    headers: {},
    middleware: [],
    ...change,
  };
}
