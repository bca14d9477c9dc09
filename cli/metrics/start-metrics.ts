import type { Logger } from '../../core/index.ts';
import type { MetricsAddress, ServedMetrics } from './serve-metrics.ts';

/** Answers Prometheus where the user has asked for it, and says where. Throws what `serveMetrics` throws. */
export async function startMetrics(
  address: MetricsAddress | undefined,
  logger: Logger,
): Promise<ServedMetrics | undefined> {
  if (address === undefined) return undefined;
  const { serveMetrics } = await import('./serve-metrics.ts');
  const metrics = await serveMetrics(address);
  logger.info(`metrics are at port ${metrics.port}`, { event: 'metrics', port: metrics.port });
  return metrics;
}
