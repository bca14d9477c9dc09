import { createRedactor, secretVariables } from '../core/index.ts';

/** Before a config is loaded: it may be a program, and fail with what it took from the environment. */
let redact = createRedactor([...secretVariables(process.env).values()]);

/** From now on nothing that the process says of a failure shows these: a plugin may throw anything, at any time. */
export function keepSecret(secrets: readonly string[]): void {
  redact = createRedactor(secrets);
}

/** A text without the secrets that are known by now. */
export function withoutSecrets(text: string): string {
  return redact(text);
}
