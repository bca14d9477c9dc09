/** The end of the process: never in silence, and not before what was written has gone out. */
import { exitCodes } from './exit-codes.ts';
import { internalErrorText } from './failure-text.ts';

/** How long after its work the process may be kept alive by what a plugin left open, in milliseconds. */
const lingerMs = 2_000;

/** Codes that nobody chose: Node's own where all is well, and where an `await` at the top of a module never ends. */
const unchosenCodes: ReadonlySet<number> = new Set([0, 13]);

interface Stream {
  readonly writableLength: number;
  readonly destroyed: boolean;
  /** A file has none. */
  unref?(): unknown;
  write(text: string, done?: () => void): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** What it needs of the process. */
export interface EndingProcess {
  on(event: 'exit', listener: (code: number) => void): unknown;
  on(event: 'beforeExit', listener: () => void): unknown;
  off(event: 'beforeExit', listener: () => void): unknown;
  listenerCount(event: 'beforeExit'): number;
  exit(code: number): void;
  exitCode?: number | string | null | undefined;
  readonly stdout: Stream;
  readonly stderr: Stream;
}

export interface Ending {
  /** The command has come to its end. What is written is waited for, however slow its reader is; what else is open is not. */
  finish(exitCode: number): Promise<void>;
  /**
   * Ends the process in the middle of whatever it does, as soon as the reason is told; `told` gives the exit code. What
   * is written has a moment to go out.
   */
  breakOff(told: Promise<number>): Promise<void>;
}

/**
 * Watches for an end that nobody asked for: something waits for a promise that nobody settles, so that Node has nothing
 * left to do and leaves; or a plugin calls `process.exit()`. Either would look like success to a shell: it is told on
 * stderr instead, as JSON where `json` is set, and the exit code is 1.
 */
export function watchEnding(json: boolean, own: EndingProcess = process): Ending {
  let expected = false;
  let broken = false;
  let ranDry = false;

  const noteDry = (): void => void (ranDry = true);
  own.on('beforeExit', noteDry);
  own.on('exit', (code) => {
    if (expected || !unchosenCodes.has(code)) return;
    // A pipe takes this at once: whatever had to wait would be lost here.
    own.stderr.write(internalErrorText(ranDry ? ranDryText : exitedText, json));
    own.exitCode = exitCodes.failed;
  });

  return {
    async finish(exitCode) {
      expected = true;
      // What broke meanwhile ends the process, with its own code.
      if (broken) return;
      own.exitCode = exitCode;
      own.off('beforeExit', noteDry);
      await written(own);
      // A pipe counts as open even where nothing is on its way through it.
      own.stdout.unref?.();
      own.stderr.unref?.();
      const exit = (): void => {
        if (!broken) own.exit(exitCode);
      };
      setTimeout(exit, lingerMs).unref();
      // Only the event loop knows all that is under way: what a plugin compresses or encrypts is in no list of open
      // handles. From here the heaps are not taken apart first; but a plugin may wait for the natural end, to do more.
      if (own.listenerCount('beforeExit') === 0) own.on('beforeExit', exit);
    },
    async breakOff(told) {
      broken = true;
      expected = true;
      own.exitCode = exitCodes.failed;
      const exitCode = await told;
      const moment = new Promise<void>((resolve) => setTimeout(resolve, lingerMs));
      await Promise.race([moment, written(own)]);
      own.exit(exitCode);
    },
  };
}

const ranDryText =
  'the command has not come to its end, and nothing is left that it could wait for: a promise was never settled, most likely by a plugin or a middleware; what a run has kept, --resume takes up';

const exitedText =
  'something, most likely a plugin, called process.exit() before the command had come to its end; what a run has kept, --resume takes up';

/**
 * Resolves when all that was written has gone out, or never will: `process.exit()` drops what a pipe has not taken yet, and
 * a pager or a busy reader takes its time.
 */
async function written({ stdout, stderr }: Pick<EndingProcess, 'stdout' | 'stderr'>): Promise<void> {
  const pending = [stdout, stderr].filter(({ writableLength, destroyed }) => writableLength > 0 && !destroyed);
  const gone = (stream: Stream): Promise<void> =>
    new Promise((resolve) => {
      stream.once('close', resolve);
      stream.write('', () => resolve());
    });
  await Promise.all(pending.map(gone));
}
