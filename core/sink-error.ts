import { SluiceError } from './errors.ts';
import { failureText } from './system-words.ts';

/**
 * Says in plain words what went wrong with a sink: 'no space left on device while writing /data/out.json'.
 * A `sink_failed` or `reader_gone` comes back as it is; anything else becomes a `sink_failed`, with what was thrown as its
 * cause.
 */
export function sinkError(thrown: unknown, doing: string): SluiceError {
  if (thrown instanceof SluiceError) {
    const own = thrown.code === 'sink_failed' || thrown.code === 'reader_gone';
    return own ? thrown : thrown.with({ code: 'sink_failed', cause: thrown });
  }
  return new SluiceError('sink_failed', failureText(thrown, doing), { cause: thrown });
}
