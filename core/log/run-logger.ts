import type { ResolvedConfig } from '../config/resolved.ts';
import type { LogFields, Logger } from '../contracts/logger.ts';
import { cleanText, createRedactor } from '../redact.ts';
import { defaultLogger } from './default-logger.ts';
import { cleanFields, isCleaning } from './logger.ts';

/**
 * The logger of a run: the one that was given, which is told nothing but clean texts, whoever makes it; else the default
 * one.
 */
export function runLogger(config: Pick<ResolvedConfig, 'secrets'>, given: Logger | undefined): Logger {
  if (given === undefined) return defaultLogger(config);
  if (isCleaning(given)) return given;
  const redact = createRedactor(config.secrets);
  return cleanLogger(given, (text) => cleanText(redact(text)));
}

/** Passes on what a logger is told, cleaned: messages, and texts among the fields. */
function cleanLogger(logger: Logger, clean: (text: string) => string): Logger {
  const method =
    (level: keyof Logger) =>
    (message: string, fields?: LogFields): void => {
      if (fields === undefined) logger[level](clean(message));
      else logger[level](clean(message), cleanFields(fields, clean));
    };
  return { error: method('error'), warn: method('warn'), info: method('info'), debug: method('debug') };
}
