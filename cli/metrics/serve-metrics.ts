import { createServer, type Server } from 'node:http';
import { type EventListener, loadLibrary, SluiceError } from '../../core/index.ts';
import { createRunMetrics } from './run-metrics.ts';

/** Where to listen. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** Metrics that can be asked for. */
export interface ServedMetrics {
  readonly port: number;
  /** To be called with every event of the run. */
  readonly listen: EventListener;
  close(): Promise<void>;
}

/**
 * Answers `GET /metrics` in the format of Prometheus and `GET /healthz` with 200 as long as the process turns. Nothing
 * else, and to nobody but those who reach `host`. Throws `library_missing`, and `config_invalid` where nobody can listen
 * there.
 */
export async function serveMetrics({ host, port }: MetricsAddress): Promise<ServedMetrics> {
  const promClient = await loadLibrary('--metrics-port', ['prom-client'], () => import('prom-client'));
  const { registry, listen } = createRunMetrics(promClient);
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    const path = request.url?.replace(/\?.*$/s, '');
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'text/plain', 'only GET\n');
    else if (path === '/healthz') answer(200, 'text/plain', 'ok\n');
    else if (path === '/metrics') {
      registry.metrics().then(
        (text) => answer(200, registry.contentType, text),
        () => answer(500, 'text/plain', 'the metrics could not be gathered\n'),
      );
    } else answer(404, 'text/plain', '/metrics and /healthz are here\n');
  });
  await listening(server, { host, port });
  // A run that is over does not wait for who asks about it.
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    listen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

async function listening(server: Server, { host, port }: MetricsAddress): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SluiceError('config_invalid', `--metrics-port: nobody can listen at ${host}:${port}: ${reason}`, {
      cause: error,
    });
  }
}
