import { join } from 'node:path';
import { authAtUpstream, loadConfig, type ResolvedConfig, type ResumeRequest, SluiceError } from '../../core/index.ts';

/** All that a process must know to live one life of a run; plain data. */
export interface LifeSettings {
  /** Absolute. */
  readonly configFile: string;
  /** Only these sources; default all. */
  readonly sources?: readonly string[] | undefined;
  /** Where the outputs and the state go. */
  readonly folder: string;
  /** Source → the upstream that it is to ask. */
  readonly baseUrls: Readonly<Record<string, string>>;
  readonly resume: ResumeRequest;
}

/** Names of the files that each run under chaos writes, in its folder. */
export const outputFiles = { ndjson: 'records.ndjson', 'json-file': 'document.json' } as const;

/** Bounds for what a config says, in milliseconds: the upstream is near, and a fault is to cost a moment. */
const longest = { connectMs: 3_000, headersMs: 3_000, bodyMs: 3_000, attemptMs: 8_000, cooldownMs: 1_000 };

/** Loads the config with the sinks that chaos compares. Throws as `loadConfig` does. */
export function loadChaosConfig(file?: string, sources?: readonly string[]): Promise<ResolvedConfig> {
  const overrides = { sources, sinks: Object.keys(outputFiles) };
  return loadConfig({ cwd: process.cwd(), env: process.env, file, overrides, mock: true });
}

/** Where the state of a run is kept within its folder. */
export function stateIn(folder: string): string {
  return join(folder, 'state');
}

/**
 * Points a config at embedded upstreams and at files in a folder of its own. Limits, retries, model and threads stay as
 * they are; waits for an upstream that does not answer are cut short, and there is no deadline.
 */
export function chaosConfig(
  config: ResolvedConfig,
  { folder, baseUrls }: Pick<LifeSettings, 'folder' | 'baseUrls'>,
): ResolvedConfig {
  const sinks = Object.entries(outputFiles).flatMap(([kind, path]) => {
    // A config may have several of a kind, with options of their own.
    const sink = config.sinks.find(({ plugin }) => plugin.name === kind);
    if (sink === undefined) return [];
    // Each is to get everything, so that they can be compared.
    const { route: _, ...whole } = sink;
    return [{ ...whole, options: { path: join(folder, path) } }];
  });
  const sources = config.sources.map((source) => {
    const { timeouts, breaker } = source;
    const baseUrl = baseUrls[source.name];
    if (baseUrl === undefined) throw new SluiceError('internal_error', `no upstream for the source ${source.name}`);
    return {
      ...source,
      baseUrl,
      auth: authAtUpstream(source.auth),
      timeouts: {
        connectMs: Math.min(timeouts.connectMs, longest.connectMs),
        headersMs: Math.min(timeouts.headersMs, longest.headersMs),
        bodyMs: Math.min(timeouts.bodyMs, longest.bodyMs),
        attemptMs: Math.min(timeouts.attemptMs, longest.attemptMs),
      },
      breaker: { ...breaker, cooldownMs: Math.min(breaker.cooldownMs, longest.cooldownMs) },
    };
  });
  const state = {
    keepRuns: 10,
    fsyncMs: 1_000,
    maxDeadLetterBytes: 0,
    maxCacheBytes: 0,
    ...config.state,
    dir: stateIn(folder),
  };
  // Its processes are its own.
  return { ...config, sources, sinks, state, engine: undefined, deadlineMs: undefined };
}
