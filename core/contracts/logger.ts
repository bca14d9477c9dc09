/** The levels a user can choose, from nothing to everything. */
export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** Where the run's own words go. Messages are already clean: no control characters, no secrets. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

/** Machine-readable companions of a message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
