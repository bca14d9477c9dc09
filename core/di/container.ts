import 'reflect-metadata';
import { join } from 'node:path';
import { container as root, type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import type { ResolvedConfig, ResolvedSource } from '../config/resolved.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Logger } from '../contracts/logger.ts';
import type { PageCache } from '../contracts/page-cache.ts';
import type { SendMemory } from '../contracts/resilience.ts';
import type { Services } from '../contracts/services.ts';
import { createAuthenticators } from '../http/auth/authenticators.ts';
import { createSourceClient } from '../http/client.ts';
import { createLimitsOfRun } from '../http/source-limits.ts';
import { createUndiciTransport } from '../http/transports/undici.ts';
import { logEvents } from '../log/log-events.ts';
import { runLogger } from '../log/run-logger.ts';
import { createHasher } from '../processing/hash.ts';
import { createProcessor } from '../processing/create-processor.ts';
import { createEventBus } from '../run/event-bus.ts';
import { describeModel } from '../run/describe-model.ts';
import { localEngine } from '../run/local-engine.ts';
import { Pipeline } from '../run/pipeline.ts';
import { createSinkRunner } from '../run/sink-runner.ts';
import { sourceOrigins } from '../run/source-origins.ts';
import { createStageClocks } from '../run/stage-clocks.ts';
import { openPageCache } from '../state/page-cache.ts';
import { sourceFile } from '../state/source-file.ts';
import type { CoordinatedRun } from '../engine/engine-plugin.ts';
import type { OpenedRun } from '../state/open-run.ts';
import { startOfRun } from '../state/run-id.ts';
import { openSendMemory, sendMemoryFile } from '../state/send-memory.ts';
import { unkeptRun } from '../state/unkept-run.ts';
import { systemClock } from '../system-clock.ts';
import { tokens } from './tokens.ts';

/** The state of a run, and where other processes write its records, what stands for the sinks. */
type StatefulRun = Pick<OpenedRun, 'journal' | 'hashKey'> &
  Partial<Pick<OpenedRun, 'anew' | 'since'> & Pick<CoordinatedRun, 'sinks'>>;

/**
 * The one composition root: every service of one run, in a container of its own. `services` stand in for the
 * built-in ones; those of the config come after them, so an embedding program has the last word. `run` is where the state
 * of the run is kept; default: nowhere.
 */
export async function createContainer(
  config: ResolvedConfig,
  services: Services = {},
  run: StatefulRun = unkeptRun(),
): Promise<DependencyContainer> {
  const given: Services = { ...config.services, ...services };
  const { journal, hashKey, sinks: sinksOf } = run;
  const hasher = await createHasher(hashKey);
  // A child, never the global container: two pipelines in one process share nothing.
  const container = root.createChildContainer();

  /** One instance a run, made on first use, unless a value was given. */
  function provide<T>(token: InjectionToken<T>, value: T | undefined, make: (own: DependencyContainer) => T): void {
    if (value === undefined) container.register(token, { useFactory: instanceCachingFactory(() => make(container)) });
    else container.register(token, { useValue: value });
  }

  container.register(tokens.config, { useValue: config });
  container.register(tokens.hasher, { useValue: hasher });
  container.register(tokens.journal, { useValue: journal });
  provide(tokens.clock, given.clock, () => systemClock);
  provide(tokens.random, given.random, () => Math.random);
  provide(tokens.logger, undefined, () => runLogger(config, given.logger));
  provide(tokens.transport, given.transport, () => createUndiciTransport);
  provide(tokens.engine, given.engine, () => localEngine);
  provide(tokens.processor, given.processor, () => createProcessor(config, hasher, hashKey));
  provide(tokens.events, undefined, (own) => {
    const logger = own.resolve(tokens.logger);
    const events = createEventBus(own.resolve(tokens.clock), (thrown) =>
      logger.error(`a listener failed: ${String(thrown)}`),
    );
    events.on(logEvents(logger));
    for (const warning of config.warnings) logger.warn(warning, { event: 'config' });
    return events;
  });
  provide(tokens.stages, undefined, (own) =>
    createStageClocks(own.resolve(tokens.clock), own.resolve(tokens.events).emit),
  );
  provide(tokens.clients, undefined, (own) => {
    const clock = own.resolve(tokens.clock);
    const shared = {
      transportFactory: own.resolve(tokens.transport),
      clock,
      random: own.resolve(tokens.random),
      emit: own.resolve(tokens.events).emit,
    };
    const stages = own.resolve(tokens.stages);
    const openMemory = sendMemoryIn(config, clock, own.resolve(tokens.logger));
    const cacheOf = pageCacheIn(config, { logger: own.resolve(tokens.logger), anew: run.anew ?? false });
    const limitsOf = createLimitsOfRun({ sources: config.sources, clock, openMemory });
    const authenticatorOf = createAuthenticators(clock);
    const byName = new Map(config.sources.map((source) => [source.name, source]));
    return ({ name, child, rateLimits }) => {
      const source = byName.get(name);
      if (source === undefined) throw new TypeError(`no source is called ${name}`);
      const hanging = { ...source, rateLimits, limitGroup: undefined };
      // No source's name has a dot in it: what is kept for the resource stands apart.
      const kept = child === undefined ? source : { ...hanging, name: `${name}.${child}` };
      return createSourceClient({
        ...shared,
        source: child === undefined ? source : hanging,
        stages: stages.of(name),
        limits: limitsOf(kept),
        cache: cacheOf(kept),
        authenticator: authenticatorOf(source),
      });
    };
  });
  provide(tokens.sinks, undefined, (own) => {
    const clock = own.resolve(tokens.clock);
    const { emit } = own.resolve(tokens.events);
    const logger = own.resolve(tokens.logger);
    if (sinksOf !== undefined) return sinksOf({ clock, emit, logger });
    const sources = config.sources.map(({ name }) => name);
    const { runId, resumable } = journal;
    const startedAt = startOfRun(runId);
    const model = describeModel(config.model);
    const origins = sourceOrigins(config.sources, { since: run.since ?? {}, secrets: config.secrets });
    const context = { runId, baseDir: config.baseDir, sources, origins, startedAt, model, resumable, logger };
    return createSinkRunner({ sinks: config.sinks, context, clock, emit, journal });
  });
  container.registerSingleton(tokens.pipeline, Pipeline);
  return container;
}

/** Where the last sends of a source, or of its group, are kept beyond this process; nowhere without a state folder. */
function sendMemoryIn({ state }: ResolvedConfig, clock: Clock, logger: Logger) {
  return (source: ResolvedSource): SendMemory | undefined => {
    // What stands in for the upstream is gone with this process, and nobody counts what it was sent.
    if (state === undefined || source.identity !== undefined) return undefined;
    return openSendMemory({
      file: sendMemoryFile(state.dir, source),
      limits: source.rateLimits,
      marginMs: source.rateLimitMarginMs,
      clock,
      onFailure: (error) => logger.warn(error.message),
    });
  };
}

/** Where the answers of a conditional source are kept from run to run; nowhere without a state folder. */
function pageCacheIn({ state }: ResolvedConfig, { logger, anew }: { readonly logger: Logger; readonly anew: boolean }) {
  return ({ name, baseUrl, identity, conditional }: ResolvedSource): PageCache | undefined => {
    if (state === undefined || !conditional) return undefined;
    return openPageCache({
      folder: sourceFile({ folder: join(state.dir, 'cache'), name, upstream: identity ?? baseUrl, extension: 'pages' }),
      maxBytes: state.maxCacheBytes,
      writeOnly: anew,
      onFailure: (error) => logger.warn(error.message),
    });
  };
}
