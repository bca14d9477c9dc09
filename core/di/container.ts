import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { container as root, type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import type { ResolvedConfig } from '../config/resolved.ts';
import type { PageProcessor } from '../contracts/batch.ts';
import type { Services } from '../contracts/services.ts';
import { createSourceClient } from '../http/client.ts';
import { createRedactor } from '../redact.ts';
import { createUndiciTransport } from '../http/transports/undici.ts';
import { logEvents } from '../log/log-events.ts';
import { createLogger } from '../log/logger.ts';
import { createHasher, type Hasher } from '../processing/hash.ts';
import { createInlineProcessor } from '../processing/inline.ts';
import { createWorkerPool } from '../processing/pool.ts';
import { createEventBus } from '../run/event-bus.ts';
import { localEngine } from '../run/local-engine.ts';
import { Pipeline } from '../run/pipeline.ts';
import { createSinkRunner } from '../run/sink-runner.ts';
import { systemClock } from '../system-clock.ts';
import { tokens } from './tokens.ts';

/**
 * The one composition root: every service of one run, in a container of its own. `services` stand in for the
 * built-in ones; those of the config come after them, so an embedding program has the last word.
 */
export async function createContainer(config: ResolvedConfig, services: Services = {}): Promise<DependencyContainer> {
  const given: Services = { ...config.services, ...services };
  const hashKey = randomBytes(8).readBigUInt64LE();
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
  provide(tokens.clock, given.clock, () => systemClock);
  provide(tokens.random, given.random, () => Math.random);
  provide(tokens.logger, given.logger, () => defaultLogger(config));
  provide(tokens.transport, given.transport, () => createUndiciTransport);
  provide(tokens.middleware, given.middleware, () => []);
  provide(tokens.engine, given.engine, () => localEngine);
  provide(tokens.processor, given.processor, () => createProcessor(config, hasher, hashKey));
  provide(tokens.events, undefined, (own) => {
    const logger = own.resolve(tokens.logger);
    const events = createEventBus(own.resolve(tokens.clock), (thrown) =>
      logger.error(`a listener failed: ${String(thrown)}`),
    );
    events.on(logEvents(logger));
    return events;
  });
  provide(tokens.clients, undefined, (own) => {
    const shared = {
      transportFactory: own.resolve(tokens.transport),
      middleware: own.resolve(tokens.middleware),
      clock: own.resolve(tokens.clock),
      random: own.resolve(tokens.random),
      emit: own.resolve(tokens.events).emit,
    };
    const byName = new Map(config.sources.map((source) => [source.name, source]));
    return ({ name }) => {
      const source = byName.get(name);
      if (source === undefined) throw new TypeError(`no source is called ${name}`);
      return createSourceClient({ ...shared, source });
    };
  });
  provide(tokens.sinks, undefined, (own) => {
    const clock = own.resolve(tokens.clock);
    const { emit } = own.resolve(tokens.events);
    const logger = own.resolve(tokens.logger);
    const sources = config.sources.map(({ name }) => name);
    return (runId) =>
      createSinkRunner({
        sinks: config.sinks,
        context: { runId, baseDir: config.baseDir, sources, resumable: false, logger },
        clock,
        emit,
      });
  });
  container.registerSingleton(tokens.pipeline, Pipeline);
  return container;
}

function createProcessor(config: ResolvedConfig, hasher: Hasher, hashKey: bigint): PageProcessor {
  const { sources, model, modelLocator, workers } = config;
  if (workers.threads === 0) {
    const plugins = new Map(sources.map(({ name, plugin }) => [name, plugin]));
    return createInlineProcessor({ sources: plugins, model, hasher });
  }
  const locators = Object.fromEntries(sources.map(({ name, locator }) => [name, locator]));
  return createWorkerPool({
    threads: workers.threads,
    batchBytes: workers.batchBytes,
    sources: locators,
    model: { name: model.name, locator: modelLocator },
    hashKey,
  });
}

function defaultLogger(config: ResolvedConfig): ReturnType<typeof createLogger> {
  return createLogger({
    level: 'warn',
    json: false,
    color: false,
    stream: process.stderr,
    redact: createRedactor(config.secrets),
  });
}
