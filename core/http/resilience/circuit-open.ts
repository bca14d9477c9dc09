import { SluiceError } from '../../errors.ts';

/** Says that no attempt is made: `circuit_open`. `failedProbes` is given where the upstream was given up after so many. */
export function circuitOpen(failedProbes: number | undefined, lastFailure: SluiceError | undefined): SluiceError {
  const what = failedProbes === undefined ? 'the circuit is open' : `given up after ${failedProbes} failed probes`;
  return new SluiceError('circuit_open', lastFailure === undefined ? what : `${what}: ${lastFailure.message}`, {
    cause: lastFailure,
  });
}
