import type { ResolvedConfig } from '../config/resolved.ts';
import type { Logger } from '../contracts/logger.ts';
import { createRedactor } from '../redact.ts';
import { createLogger } from './logger.ts';

/** Where a run logs when nobody gave it a logger: warnings and errors, on stderr. */
export function defaultLogger(config: Pick<ResolvedConfig, 'secrets'>): Logger {
  return createLogger({
    level: 'warn',
    json: false,
    color: false,
    stream: process.stderr,
    redact: createRedactor(config.secrets),
  });
}
