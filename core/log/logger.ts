import { styleText } from 'node:util';
import { type ConsolaReporter, createConsola, type LogObject } from 'consola/core';
import type { LogFields, Logger, LogLevel } from '../contracts/logger.ts';
import { cleanText } from '../redact.ts';

/** Where log lines go, one string with its newline at a time: `process.stderr`, or a display that shares it. */
export interface LogStream {
  write(text: string): unknown;
}

/** How the run's own words come out. */
export interface LoggerOptions {
  /** The least important level that is written. */
  readonly level: LogLevel;
  /** One JSON object a line, `{ time, level, message, …fields }`, instead of text for people. */
  readonly json: boolean;
  /** Colours the level. Text for people only. */
  readonly color: boolean;
  readonly stream: LogStream;
  /** Takes the secrets out of every message and field; see `createRedactor`. */
  readonly redact: (text: string) => string;
}

type Level = keyof Logger;

/** Those made here: to clean what they are told once more would cost each line that nobody asked for. */
const cleaning = new WeakSet<Logger>();

/** Whether a logger redacts and cleans by itself what it is told. */
export function isCleaning(logger: Logger): boolean {
  return cleaning.has(logger);
}

/** Those made here that drop what they are told at debug. */
const undetailed = new WeakSet<Logger>();

/** Whether anything may come of a line at debug: most runs tell a logger that drops all of them. */
export function takesDebug(logger: Logger): boolean {
  return !undetailed.has(logger);
}

/** Consola's numbers for our levels. */
const levels: Readonly<Record<LogLevel, number>> = { silent: -1, error: 0, warn: 1, info: 3, debug: 4 };
const styles = { error: 'red', warn: 'yellow', info: 'cyan', debug: 'gray' } as const;

/** Creates the logger of a process, on consola. Every line is redacted and free of control characters. */
export function createLogger(options: LoggerOptions): Logger {
  const { stream, redact } = options;
  const format = options.json ? jsonLine : (entry: Entry) => textLine(entry, options.color);
  const reporter: ConsolaReporter = {
    log(entry) {
      stream.write(`${format(entryOf(entry, (text) => cleanText(redact(text))))}\n`);
    },
  };
  const consola = createConsola({
    level: levels[options.level],
    reporters: [reporter],
    // Consola would hold back lines that repeat; which repeats are worth a line is decided where they are made.
    throttle: 0,
  });
  const method =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void =>
      consola[level](message, fields);
  const logger = { error: method('error'), warn: method('warn'), info: method('info'), debug: method('debug') };
  cleaning.add(logger);
  if (options.level !== 'debug') undetailed.add(logger);
  return logger;
}

interface Entry {
  readonly time: Date;
  readonly level: Level;
  readonly message: string;
  readonly fields: LogFields;
}

function entryOf(entry: LogObject, clean: (text: string) => string): Entry {
  const [message, fields] = entry.args as [string, LogFields];
  return {
    time: entry.date,
    level: entry.type as Level,
    message: clean(message),
    fields: cleanFields(fields, clean),
  };
}

/** Cleans the texts among the fields of a message. */
export function cleanFields(fields: LogFields, clean: (text: string) => string): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? clean(value) : value]),
  );
}

/** The message says it all to people; its fields are for machines. */
function textLine({ time, level, message }: Entry, color: boolean): string {
  const clock = time.toTimeString().slice(0, 8);
  const tag = level.padEnd(5);
  if (!color) return `${clock} ${tag} ${message}`;
  return `${paint('gray', clock)} ${paint(styles[level], tag)} ${message}`;
}

function paint(style: 'red' | 'yellow' | 'cyan' | 'gray', text: string): string {
  // Whether the stream takes colours was settled by the caller; Node would look at stdout, which is another stream.
  return styleText(style, text, { validateStream: false });
}

function jsonLine({ time, level, message, fields }: Entry): string {
  return JSON.stringify({ ...fields, time: time.toISOString(), level, message });
}
