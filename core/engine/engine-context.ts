import { createHash } from 'node:crypto';
import type { ResolvedConfig } from '../config/resolved.ts';
import type { Services } from '../contracts/services.ts';
import { createUndiciTransport } from '../http/transports/undici.ts';
import { runLogger } from '../log/run-logger.ts';
import { cleanText, createRedactor } from '../redact.ts';
import { type Fingerprint, takeFingerprint } from '../state/fingerprint.ts';
import { systemClock } from '../system-clock.ts';
import { version } from '../version.ts';
import type { EngineContext } from './engine-plugin.ts';

/** What an engine is told of this process. `services` stand in for those of the config and the built-in ones. */
export async function engineContext(config: ResolvedConfig, services: Services): Promise<EngineContext> {
  const { clock, random, transport, logger } = { ...config.services, ...services };
  const redact = createRedactor(config.secrets);
  const { fingerprint, versions } = await takeFingerprint(config, redact);
  return {
    config,
    version,
    fingerprint: { ...fingerprint, ...limitsOf(config) },
    pluginVersions: versions,
    logger: runLogger(config, logger),
    clock: clock ?? systemClock,
    random: random ?? Math.random,
    transport: transport ?? createUndiciTransport,
    clean: (text) => cleanText(redact(text)),
  };
}

/** A limit holds only where all processes keep the same one; a resume on one machine may have another. */
function limitsOf({ sources }: ResolvedConfig): Fingerprint {
  return Object.fromEntries(
    sources.map(({ name, rateLimits, limitGroup, rateLimitMarginMs, maxPages }) => {
      const text = JSON.stringify([rateLimits, limitGroup, rateLimitMarginMs, maxPages]);
      return [`source ${name}: limits`, createHash('sha256').update(text).digest('hex').slice(0, 12)];
    }),
  );
}
