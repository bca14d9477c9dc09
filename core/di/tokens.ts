import type { InjectionToken } from 'tsyringe';
import type { ResolvedConfig } from '../config/resolved.ts';
import type { PageProcessor } from '../contracts/batch.ts';
import type { Clock, Random } from '../contracts/clock.ts';
import type { Engine, SourceClient, SourcePlan } from '../contracts/engine.ts';
import type { TransportFactory } from '../contracts/http.ts';
import type { RunJournal } from '../contracts/journal.ts';
import type { Logger } from '../contracts/logger.ts';
import type { EventBus } from '../run/event-bus.ts';
import type { Hasher } from '../processing/hash.ts';
import type { Pipeline } from '../run/pipeline.ts';
import type { SinkRunner } from '../run/sink-runner.ts';
import type { StageClocks } from '../run/stage-clocks.ts';

/** A token that carries the type of what it stands for; names show in tsyringe's error messages. */
function token<T>(name: string): InjectionToken<T> {
  return Symbol(name);
}

/** Every service of a run. Plugins are not among them: they are plain objects, handed over by the config. */
export const tokens = {
  config: token<ResolvedConfig>('config'),
  logger: token<Logger>('logger'),
  clock: token<Clock>('clock'),
  random: token<Random>('random'),
  hasher: token<Hasher>('hasher'),
  transport: token<TransportFactory>('transport'),
  clients: token<(source: SourcePlan) => SourceClient>('clients'),
  processor: token<PageProcessor>('processor'),
  engine: token<Engine>('engine'),
  events: token<EventBus>('events'),
  stages: token<StageClocks>('stages'),
  journal: token<RunJournal>('journal'),
  sinks: token<SinkRunner>('sinks'),
  pipeline: token<Pipeline>('pipeline'),
} as const;
