import {
  type Clock,
  createLogger,
  createRedactor,
  type EventListener,
  type Logger,
  type LogLevel,
  type ResolvedConfig,
  type RunResult,
} from '../core/index.ts';
import { exitCodes } from './exit-codes.ts';
import { createPaint, takesColor } from './render/paint.ts';
import { createProgressState, foldProgress } from './render/progress-state.ts';
import { isReaderGone } from './streams.ts';

export interface RunOutputOptions {
  readonly config: ResolvedConfig;
  readonly stderr: NodeJS.WriteStream;
  readonly stdout: Pick<NodeJS.WriteStream, 'isTTY'>;
  readonly clock: Clock;
  /** Undefined: `error` when quiet, `warn` below a live display, which tells the rest, else `info`. */
  readonly logLevel: LogLevel | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
  /** What runs the same config again. */
  readonly command: string;
}

/** All that a run says to people, on stderr. */
export interface RunOutput {
  readonly logger: Logger;
  /** To be called with every event of the run. */
  readonly listen: EventListener;
  /** Ends the progress; what is logged after that goes straight to the stream. */
  stop(): void;
  /**
   * Prints the report, unless it is to be quiet. False where it was asked for as JSON and could not be written: who has it
   * read by a program must not be left to wonder. One for people may get lost, and so it may where its reader has gone.
   */
  report(result: Pick<RunResult, 'report' | 'exitCode'>): Promise<boolean>;
}

/** Chooses how to show progress (live on a terminal, else lines now and then, or not at all) and sets up the log. */
export async function createRunOutput(options: RunOutputOptions): Promise<RunOutput> {
  const { config, stderr, clock, quiet, json } = options;
  const color = !json && takesColor(stderr);
  const paint = createPaint(color);
  // Records that scroll by on the same terminal would be drawn over, and the display with them.
  const shared = options.stdout.isTTY && config.sinks.some(({ plugin }) => plugin.name === 'stdout');
  const live = !quiet && !json && stderr.isTTY && !shared && process.env['TERM'] !== 'dumb';
  // Loaded only where it is used, and before the run, so that no event comes while it loads.
  const drawn = live
    ? await Promise.all([import('./render/live-display.ts'), import('./render/progress.ts')])
    : undefined;
  const plain = live || quiet ? undefined : await import('./render/plain.ts');
  const state = createProgressState();
  let display: { write(text: string): unknown; stop(): void } | undefined;

  const logger =
    config.services.logger ??
    (await createLogger({
      level: options.logLevel ?? (quiet ? 'error' : live ? 'warn' : 'info'),
      json,
      color,
      // The display and the log share the terminal: while one is drawn, the other goes through it.
      stream: { write: (text) => (display ?? stderr).write(text) },
      redact: createRedactor(config.secrets),
    }));

  function start(): void {
    if (drawn !== undefined) {
      const [{ startLiveDisplay }, { renderProgress }] = drawn;
      const frame = (columns: number, rows: number): string[] =>
        renderProgress(state, { columns, rows, now: clock.date(), paint });
      display = startLiveDisplay({ terminal: stderr, clock, frame });
    } else if (plain !== undefined) {
      stopPlain = plain.startPlainProgress({ logger, clock, state });
    }
  }
  let stopPlain = (): void => undefined;

  return {
    logger,
    listen(event) {
      foldProgress(state, event);
      if (event.type === 'run-started') start();
    },
    stop() {
      stopPlain();
      display?.stop();
      display = undefined;
    },
    async report(outcome) {
      // Who reads the output has seen enough: other tools end without a word, too.
      if (quiet || outcome.exitCode === exitCodes.readerGone) return true;
      const { runReportLine, runReportText } = await import('./render/run-report.ts');
      const { command } = options;
      if (json) return isTaken(stderr, `${runReportLine(outcome)}\n`);
      const lines = runReportText(outcome, { config, columns: stderr.columns || 80, paint, command });
      stderr.write(`${lines.join('\n')}\n`);
      return true;
    },
  };
}

/** Whether a text was written, or nobody is there to read it. */
async function isTaken(stream: NodeJS.WriteStream, text: string): Promise<boolean> {
  const error = await new Promise<Error | null | undefined>((resolve) => stream.write(text, resolve));
  return error === null || error === undefined || isReaderGone(error, stream);
}
