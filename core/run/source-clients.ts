import type { ChildOf } from '../contracts/child.ts';
import { windowsOf } from '../rate-limits.ts';
import type { EnginePorts, SourceClient, SourcePlan } from '../contracts/engine.ts';

/** The ways to one upstream: the source's own, and one for each dependent resource that has a limit of its own. */
export interface SourceClients {
  of(child: ChildOf | undefined): SourceClient;
  close(): Promise<void>;
}

export function createClients(
  source: SourcePlan,
  own: SourceClient,
  ports: Pick<EnginePorts, 'clients'>,
): SourceClients {
  const byChild = new Map<string, SourceClient>();
  for (const { name, rateLimit } of source.plugin.children ?? []) {
    if (rateLimit !== undefined)
      byChild.set(
        name,
        ports.clients({ ...source, rateLimits: windowsOf(rateLimit), limitGroup: undefined, child: name }),
      );
  }
  return {
    of: (child) => (child && byChild.get(child.name)) ?? own,
    async close() {
      await Promise.all([own, ...byChild.values()].map((client) => client.close()));
    },
  };
}
