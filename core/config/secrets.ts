/** Headers that prove who asks. */
const secretHeader = /auth|cookie|key|token|secret|password|session|signature|credential/i;

type Headers = Readonly<Record<string, unknown>>;

/**
 * Collects what must never be printed: values from the environment, and those of headers that prove who asks. A plain
 * URL from the environment is no secret: a log that hides it says nothing.
 */
export function collectSecrets(environment: readonly string[], headers: readonly Headers[]): readonly string[] {
  const sent = headers
    .flatMap((record) => Object.entries(record))
    .filter(([name]) => secretHeader.test(name))
    .map(([, value]) => value);
  const secrets = [...environment.filter((value) => !isPlainUrl(value)), ...sent];
  return [...new Set(secrets)].filter((value) => typeof value === 'string' && value !== '') as string[];
}

function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '' && search === '';
}
