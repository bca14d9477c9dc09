import {
  type CursorValue,
  type DeadLetterPosition,
  noFigures,
  noLetters,
  readFigures,
  SluiceError,
  type SourceFigures,
  type SourceState,
  writeFigures,
  type WrittenFigures,
} from '../../../../core/engine.ts';

/** What became of pages that will not come, or is complained of; alike ones together. */
export interface ToldError {
  readonly source: string;
  /** 0 for a complaint that costs no page. */
  pages: number;
  readonly error: SluiceError;
}

/** What the workers have told of one sink. */
export interface SinkTold {
  records: number;
  filtered: number;
}

/**
 * What a run has come to, as far as its stream of outcomes has been read: all that a coordinator which takes it up has to
 * know to tell the whole.
 */
export interface RunState {
  /** Lives of the coordinator. */
  life: number;
  /** Milliseconds that they took. */
  elapsedMs: number;
  readonly sources: Map<string, SourceFigures>;
  readonly sinks: Map<string, SinkTold>;
  readonly errors: ToldError[];
  readonly ended: Map<string, SourceState>;
  /** The latest value of the cursor field of sources that declare one. */
  readonly cursors: Map<string, CursorValue>;
  letters: DeadLetterPosition;
}

/** The state of a run that nobody has told anything of. */
export function newRunState(): RunState {
  return {
    life: 1,
    elapsedMs: 0,
    sources: new Map(),
    sinks: new Map(),
    errors: [],
    ended: new Map(),
    cursors: new Map(),
    letters: noLetters,
  };
}

type PlainError = Pick<SluiceError, 'code' | 'message' | 'retryable' | 'status' | 'url' | 'attempts'>;

/** A state as it is kept. */
interface WrittenState extends Pick<RunState, 'life' | 'elapsedMs' | 'letters'> {
  readonly version: 1;
  readonly sources: readonly (readonly [string, WrittenFigures])[];
  readonly sinks: readonly (readonly [string, SinkTold])[];
  readonly errors: readonly (readonly [source: string, pages: number, error: PlainError])[];
  readonly ended: readonly (readonly [string, SourceState])[];
  readonly cursors: readonly (readonly [string, CursorValue])[];
}

/** Puts a state into bytes. */
export function writeRunState({ sources, sinks, errors, ended, cursors, ...own }: RunState): Buffer {
  const written: WrittenState = {
    version: 1,
    ...own,
    sources: Array.from(sources, ([name, figures]) => [name, writeFigures(figures)] as const),
    sinks: [...sinks],
    errors: errors.map(({ source, pages, error }) => {
      const { code, message, retryable, status, url, attempts } = error;
      return [source, pages, { code, message, retryable, status, url, attempts }] as const;
    }),
    ended: [...ended],
    cursors: [...cursors],
  };
  return Buffer.from(JSON.stringify(written));
}

/** Reads what `writeRunState` wrote; a new state where nothing was. */
export function readRunState(bytes: Uint8Array | undefined): RunState {
  if (bytes === undefined) return newRunState();
  // Ours: no other version takes up the run.
  const written = JSON.parse(Buffer.from(bytes).toString('utf8')) as WrittenState;
  const { life, elapsedMs, letters, sources, sinks, errors, ended, cursors } = written;
  return {
    life,
    elapsedMs,
    letters,
    sources: new Map(sources.map(([name, figures]) => [name, readFigures(figures)])),
    sinks: new Map(sinks),
    errors: errors.map(([source, pages, { code, message, ...details }]) => {
      return { source, pages, error: new SluiceError(code, message, details) };
    }),
    ended: new Map(ended),
    cursors: new Map(cursors),
  };
}

/** The figures of a source, made on first use. */
export function figuresOf({ sources }: RunState, name: string): SourceFigures {
  let figures = sources.get(name);
  if (figures === undefined) sources.set(name, (figures = noFigures()));
  return figures;
}
