import { type MockOptions, type ResolvedConfig, SluiceError, startMockUpstreams } from '../../core/index.ts';
import type { Arrival } from './closest-window.ts';

/** Embedded upstreams of all sources of a config, which write down what they are asked. */
export interface ChaosUpstreams {
  /** Source → URL, the same for all lives. */
  readonly baseUrls: Readonly<Record<string, string>>;
  /** Everything that came, by source. */
  readonly arrivals: ReadonlyMap<string, readonly Arrival[]>;
  /** Requests so far. */
  readonly requests: number;
  /** Different pages that were asked for since the last `forgetAsked`. */
  readonly asked: ReadonlySet<string>;
  forgetAsked(): void;
  /** Calls `listener` with each page as it is asked for, until the returned function is called. */
  onArrival(listener: (page: string) => void): () => void;
  close(): Promise<void>;
}

/** How the upstreams fail. */
export type Faults = Required<Pick<MockOptions, 'errorRate' | 'seed'>>;

/**
 * Starts the upstreams, on free ports of loopback. Their own rate limits are off: it is the declared ones that are
 * judged, by the arrivals. Throws `config_invalid` where a source has no embedded upstream.
 */
export async function startChaosUpstreams(
  { sources }: Pick<ResolvedConfig, 'sources'>,
  faults: Faults,
): Promise<ChaosUpstreams> {
  const without = sources.filter(({ plugin }) => plugin.mock === undefined).map(({ name }) => name);
  if (without.length > 0) {
    throw new SluiceError(
      'config_invalid',
      `chaos: no embedded upstream for ${without.join(', ')}\n  choose others with --source, or give the plugin a mock()`,
    );
  }
  const listeners = new Set<(page: string) => void>();
  const asked = new Set<string>();
  const arrivals = new Map<string, Arrival[]>();
  let requests = 0;

  async function start({ name, plugin }: (typeof sources)[number]) {
    const log: Arrival[] = [];
    arrivals.set(name, log);
    const module = await plugin.mock?.();
    const apis = module === undefined ? [] : [module.default];
    return startMockUpstreams(apis, {
      ...faults,
      rateLimit: false,
      onRequest({ method, url, monotonicMs, cameAfterMs }) {
        log.push({ earliest: cameAfterMs, latest: monotonicMs });
        requests += 1;
        const page = `${name} ${method} ${url}`;
        asked.add(page);
        for (const listener of listeners) listener(page);
      },
    });
  }

  const started = await Promise.all(sources.map(start));
  return {
    baseUrls: Object.fromEntries(sources.map(({ name }, index) => [name, started[index]?.[0]?.url ?? ''])),
    arrivals,
    get requests() {
      return requests;
    },
    asked,
    forgetAsked: () => asked.clear(),
    onArrival(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await Promise.all(started.flat().map((upstream) => upstream.close()));
    },
  };
}
