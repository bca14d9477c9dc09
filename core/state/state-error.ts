import { SluiceError } from '../errors.ts';
import { systemWords } from '../system-words.ts';

/**
 * Says in plain words what went wrong with the state folder: 'no space left on device while writing /data/x.log'.
 * A `SluiceError` comes back as it is; anything else becomes a `state_failed`, with what was thrown as its cause.
 */
export function stateError(thrown: unknown, doing: string): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  const words = systemWords(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new SluiceError(
    'state_failed',
    words === undefined ? `${doing} failed: ${message}` : `${words} while ${doing}`,
    {
      cause: thrown,
    },
  );
}
