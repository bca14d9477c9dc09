import {
  createAuthenticators,
  createSourceClient,
  type EmitEvent,
  type EngineContext,
  type ResolvedSource,
  type SourceClient,
  type SourcePlan,
  type StageClock,
} from '../../../../core/engine.ts';
import type { SharedLimits } from '../limits/shared-limits.ts';

export interface WorkerClientsOptions {
  readonly context: EngineContext;
  readonly sources: readonly ResolvedSource[];
  readonly emit: EmitEvent;
  readonly stages: (source: string) => StageClock;
  /** What holds back the requests of all workers together. */
  readonly shared: SharedLimits;
}

/** Makes the ways to the upstreams of a run, as the local engine has them, under limits that all workers share. */
export function createWorkerClients({ context, sources, emit, stages, shared }: WorkerClientsOptions) {
  const { clock, random, transport } = context;
  const authenticatorOf = createAuthenticators(clock);
  const byName = new Map(sources.map((source) => [source.name, source]));
  return ({ name, child, rateLimits }: SourcePlan): SourceClient => {
    const source = byName.get(name);
    if (source === undefined) throw new TypeError(`no source of the run is called ${name}`);
    // What hangs from its items, and has a limit of its own, stands apart.
    const asked = child === undefined ? source : { ...source, rateLimits, limitGroup: undefined };
    const kept = child === undefined ? name : `${name}.${child}`;
    return createSourceClient({
      source: asked,
      transportFactory: transport,
      clock,
      random,
      emit,
      stages: stages(name),
      limits: shared.limits({ ...asked, name: kept }),
      makeBreaker: (breaker) => shared.breaker(kept, breaker),
      budget: shared.budget(kept),
      authenticator: authenticatorOf(source),
    });
  };
}
