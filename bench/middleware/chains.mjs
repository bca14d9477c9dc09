import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import { instant, request } from './instant.mjs';
import { createSourceChain, resolveSource } from './source-chain.mjs';

/**
 * The contestants: the chain of a source, the same with the log of sends of a run that can be taken up again,
 * cockatiel's policies with the same settings, and none.
 */
export async function createChains(folder) {
  const source = await resolveSource();
  const [plain, remembering] = await Promise.all([createSourceChain(source), createSourceChain(source, folder)]);
  const policy = cockatielPolicy(source);
  return [
    {
      key: 'sluice',
      name: 'sluice',
      note: 'retry, budget, breaker, response actions, redirects, concurrency, rate limit, timeouts, events',
      ...plain,
    },
    {
      key: 'remembering',
      name: 'sluice, with its log of sends',
      note: 'as a run that can be taken up again has it: each send is kept beyond the process',
      ...remembering,
    },
    {
      key: 'cockatiel',
      name: 'cockatiel 3',
      note: 'wrap(retry, breaker, cooperative timeout, bulkhead)',
      call: () => policy.execute((context) => instant({ ...request, signal: context.signal }), request.signal),
    },
    { key: 'none', name: 'no middleware', note: 'the transport alone', call: () => instant(request) },
  ];
}

function cockatielPolicy({ retry: retries, breaker, timeouts, concurrency }) {
  return wrap(
    retry(handleAll, {
      maxAttempts: retries.retries,
      backoff: new ExponentialBackoff({ initialDelay: retries.baseMs, maxDelay: retries.maxMs }),
    }),
    circuitBreaker(handleAll, {
      halfOpenAfter: breaker.cooldownMs,
      breaker: new ConsecutiveBreaker(breaker.failures),
    }),
    timeout(timeouts.attemptMs, TimeoutStrategy.Cooperative),
    bulkhead(concurrency, Infinity),
  );
}
