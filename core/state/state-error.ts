import { SluiceError } from '../errors.ts';
import { failureText } from '../system-words.ts';

/**
 * Says in plain words what went wrong with the state folder: 'no space left on device while writing /data/x.log'.
 * A `SluiceError` comes back as it is; anything else becomes a `state_failed`, with what was thrown as its cause.
 */
export function stateError(thrown: unknown, doing: string): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  return new SluiceError('state_failed', failureText(thrown, doing), { cause: thrown });
}
