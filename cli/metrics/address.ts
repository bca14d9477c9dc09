import { InvalidArgumentError, Option } from 'commander';
import type { MetricsAddress } from './serve-metrics.ts';

/** The option of all commands that have metrics. */
export function metricsOption(): Option {
  return new Option(
    '--metrics-port <[host:]port>',
    'answer Prometheus at /metrics, and /healthz; on 127.0.0.1 unless a host is given',
  ).argParser(parseMetricsAddress);
}

/** Reads `9464`, `0.0.0.0:9464` or `[::]:9464`. */
export function parseMetricsAddress(text: string): MetricsAddress {
  const [, ipv6, name, digits = ''] = /^(?:\[([\da-f:]+)\]:|([\w.-]+):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535) {
    throw new InvalidArgumentError('Give a port, or host:port, such as 9464 or 0.0.0.0:9464.');
  }
  return { host: ipv6 ?? name ?? '127.0.0.1', port };
}
