import { authAtUpstream, type ResolvedConfig, SluiceError, type startMockUpstreams } from '../core/index.ts';

/** A config whose sources ask embedded upstreams. */
export interface MockedConfig {
  readonly config: ResolvedConfig;
  readonly upstreams: number;
  /** Ends the upstreams. */
  readonly close: () => Promise<void>;
}

/**
 * Starts an embedded upstream for each source, on a free port of loopback, and points the source at it whatever its
 * base URL was. Throws `config_invalid` where a source has none: it would go to the real API in silence.
 */
export async function mockSources(config: ResolvedConfig, start: typeof startMockUpstreams): Promise<MockedConfig> {
  const without = config.sources.filter(({ plugin }) => plugin.mock === undefined).map(({ name }) => name);
  if (without.length > 0) {
    throw new SluiceError(
      'config_invalid',
      `--mock: no embedded upstream for ${without.join(', ')}\n  leave out --mock, choose others with --source, or give the plugin a mock()`,
    );
  }
  const modules = await Promise.all(config.sources.map(async ({ plugin }) => plugin.mock?.()));
  const apis = modules.flatMap((module) => (module === undefined ? [] : [module.default]));
  const upstreams = await start(apis);
  return {
    config: {
      ...config,
      sources: config.sources.map((source, index) => ({
        ...source,
        baseUrl: upstreams[index]?.url ?? source.baseUrl,
        auth: authAtUpstream(source.auth),
        // On another port each time, and still the same source.
        identity: `embedded upstream of ${source.plugin.name}`,
      })),
    },
    upstreams: upstreams.length,
    close: async () => {
      await Promise.all(upstreams.map((upstream) => upstream.close()));
    },
  };
}
