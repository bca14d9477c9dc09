import type { LogFields, Logger } from '../contracts/logger.ts';

/** A logger that says of which sink its words are: several may have the same to tell. */
export function namedLogger(logger: Logger, sink: string): Logger {
  const method =
    (level: keyof Logger) =>
    (message: string, fields?: LogFields): void =>
      logger[level](`${sink}: ${message}`, { sink, ...fields });
  return { error: method('error'), warn: method('warn'), info: method('info'), debug: method('debug') };
}
