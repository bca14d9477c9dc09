import type { PageInput } from '../contracts/batch.ts';
import type { Ask } from '../contracts/enricher.ts';
import type { EnginePorts, SourceClient, SourcePlan } from '../contracts/engine.ts';
import type { StageClock } from '../contracts/stages.ts';
import { classify, SluiceError } from '../errors.ts';
import { requestCost } from './request-cost.ts';
import { resolveUrl } from './worklist.ts';

/** Lets enrichers ask: through the chain of their source, so that its limits, its breaker and its retries hold for all it asks. */
export function createSideRequests(
  source: SourcePlan,
  client: SourceClient,
  stages: StageClock,
  stop: AbortSignal,
): Ask {
  const { origin } = new URL(source.baseUrl);
  async function send(...[request, cancelled]: Parameters<Ask>): ReturnType<Ask> {
    const url = resolveUrl(source.baseUrl, request.url);
    // Its headers may hold credentials: what an item says must not send them elsewhere.
    if (url.origin !== origin)
      throw new SluiceError('cross_origin', `an enricher asks for another origin than ${origin}`);
    const signal = AbortSignal.any([stop, cancelled]);
    const { key, method = 'GET', headers = {}, body } = request;
    const ask = { key, url, method, headers, cost: requestCost(source.plugin, request), signal };
    for (let attempt = 1; ;) {
      try {
        // Waits for a breaker that is open, and throws once the source is given up.
        stages.enter('breaker');
        await client.breaker.ready(signal);
      } catch (thrown) {
        throw stopped(stop) ?? classify(thrown);
      } finally {
        stages.leave('breaker');
      }
      try {
        const answer = await client.handle({ ...ask, attempt, ...(body !== undefined && { body }) });
        return { status: answer.status, headers: answer.headers, body: answer.body };
      } catch (thrown) {
        const error = stopped(stop) ?? classify(thrown);
        // The breaker has opened meanwhile: it refuses, it does not fail.
        if (error.code !== 'circuit_open') throw error;
        attempt = (error.attempts ?? attempt - 1) + 1;
      }
    }
  }

  return async (request, cancelled) => {
    stages.enter('asking');
    try {
      return await send(request, cancelled);
    } finally {
      stages.leave('asking');
    }
  };
}

function stopped(stop: AbortSignal): SluiceError | undefined {
  return stop.aborted ? new SluiceError('interrupted', 'the source was stopped', { cause: stop.reason }) : undefined;
}

/** The same ports, with a processor that hands `ask` on with every page. */
export function withAsk(ports: EnginePorts, ask: Ask): EnginePorts {
  const { processor } = ports;
  const handing = {
    threads: processor.threads,
    process: (page: PageInput) => processor.process(page, ask),
    close: () => processor.close(),
  };
  return { ...ports, processor: handing };
}
