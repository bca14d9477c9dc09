import { getSystemErrorMap } from 'node:util';

/** What went wrong, in plain words: 'no space left on device while writing /data/out.json'. */
export function failureText(thrown: unknown, doing: string): string {
  const words = systemWords(thrown);
  if (words !== undefined) return `${words} while ${doing}`;
  return `${doing} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}

/** The system's own words for an error of the operating system ('no space left on device'); undefined for any other. */
function systemWords(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('errno' in thrown) || typeof thrown.errno !== 'number') return undefined;
  return getSystemErrorMap().get(thrown.errno)?.[1];
}
