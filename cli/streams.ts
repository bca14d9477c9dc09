/** Codes of a reader of stdout that has gone away: `pipeline plugins | head -1`, a closed terminal. */
const readerGone: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ECONNRESET']);

/**
 * Keeps a reader that has gone from ending the process with a stack trace: what is written after that goes nowhere.
 * A sink that writes to stdout hears of it by its own writes. Any other failure of stdout that nobody else listens for
 * is thrown, as without this; none of stderr is: a run goes on when nobody can be told of it, and its exit code tells
 * how it went.
 */
export function guardStreams({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A sink that writes there listens too, and fails alone.
    if (!readerGone.has(error.code) && stdout.listenerCount('error') === 1) throw error;
  });
  stderr.on('error', () => undefined);
}
