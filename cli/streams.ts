/** Codes of a reader that has gone away: `pipeline plugins | head -1`, a closed terminal. */
const readerGone: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ECONNRESET']);

/**
 * Keeps a reader that has gone from ending the process with a stack trace: what is written after that goes nowhere.
 * A sink that writes to stdout hears of it by its own writes. Any other failure is thrown, as without this.
 */
export function guardStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!readerGone.has(error.code)) throw error;
    });
  }
}
