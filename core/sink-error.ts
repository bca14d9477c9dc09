import { getSystemErrorMap } from 'node:util';
import { SluiceError } from './errors.ts';

/**
 * Says in plain words what went wrong with a sink: 'no space left on device while writing /data/out.json'.
 * A `sink_failed` comes back as it is; anything else becomes one, with what was thrown as its cause.
 */
export function sinkError(thrown: unknown, doing: string): SluiceError {
  if (thrown instanceof SluiceError) {
    return thrown.code === 'sink_failed' ? thrown : thrown.with({ code: 'sink_failed', cause: thrown });
  }
  const words = systemWords(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new SluiceError(
    'sink_failed',
    words === undefined ? `${doing} failed: ${message}` : `${words} while ${doing}`,
    {
      cause: thrown,
    },
  );
}

/** The system's own words for an error of the operating system; undefined for any other. */
function systemWords(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('errno' in thrown) || typeof thrown.errno !== 'number') return undefined;
  return getSystemErrorMap().get(thrown.errno)?.[1];
}
