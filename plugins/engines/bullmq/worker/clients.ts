import {
  createAuthenticators,
  createLimitsOfRun,
  createSourceClient,
  type EmitEvent,
  type EngineContext,
  type ResolvedSource,
  type SourceClient,
  type SourcePlan,
  type StageClock,
} from '../../../../core/engine.ts';

export interface WorkerClientsOptions {
  readonly context: EngineContext;
  readonly sources: readonly ResolvedSource[];
  readonly emit: EmitEvent;
  readonly stages: (source: string) => StageClock;
}

/** Makes the ways to the upstreams of a run, as the local engine has them. */
export function createWorkerClients({ context, sources, emit, stages }: WorkerClientsOptions) {
  const { clock, random, transport } = context;
  const limitsOf = createLimitsOfRun({ sources, clock, openMemory: () => undefined });
  const authenticatorOf = createAuthenticators(clock);
  const byName = new Map(sources.map((source) => [source.name, source]));
  return ({ name, child, rateLimits }: SourcePlan): SourceClient => {
    const source = byName.get(name);
    if (source === undefined) throw new TypeError(`no source of the run is called ${name}`);
    // What hangs from its items, and has a limit of its own, stands apart.
    const asked = child === undefined ? source : { ...source, rateLimits, limitGroup: undefined };
    return createSourceClient({
      source: asked,
      transportFactory: transport,
      clock,
      random,
      emit,
      stages: stages(name),
      limits: limitsOf(child === undefined ? asked : { ...asked, name: `${name}.${child}` }),
      authenticator: authenticatorOf(source),
    });
  };
}
