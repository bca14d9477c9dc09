import { getSystemErrorMap } from 'node:util';

/** The system's own words for an error of the operating system ('no space left on device'); undefined for any other. */
export function systemWords(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('errno' in thrown) || typeof thrown.errno !== 'number') return undefined;
  return getSystemErrorMap().get(thrown.errno)?.[1];
}
