/** Codes of a reader that has gone away: `pipeline plugins | head -1`. */
const readerGone: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET']);

/** Whether a stream failed because nobody reads it any more; a terminal that was closed says so by what a disk means otherwise. */
export function isReaderGone(
  { code }: NodeJS.ErrnoException,
  { isTTY = false }: { readonly isTTY?: boolean },
): boolean {
  return readerGone.has(code) || (code === 'EIO' && isTTY);
}

/**
 * Keeps a reader that has gone from ending the process with a stack trace: what is written after that goes nowhere.
 * A sink that writes to stdout hears of it by its own writes. Any other failure of stdout that nobody else listens for
 * is thrown, as without this; none of stderr is: a run goes on when nobody can be told of it, and its exit code tells
 * how it went.
 */
export function guardStreams({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A sink that writes there listens too, and fails alone.
    if (!isReaderGone(error, stdout) && stdout.listenerCount('error') === 1) throw error;
  });
  stderr.on('error', () => undefined);
}
