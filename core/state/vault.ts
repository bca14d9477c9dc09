/** Keeps secrets out of files that have to be read again: each stands there as a reference, and comes back as itself. */
export interface Vault {
  /** Replaces every secret in a text, also where it is URL-encoded or part of a JSON text. */
  hide(text: string): string;
  /** Puts the secrets of this run's config back. */
  show(text: string): string;
}

/** How a secret may be written, and the mark that tells which way. */
const forms: readonly (readonly [mark: string, form: (secret: string) => string])[] = [
  ['t', (secret) => secret],
  ['u', (secret) => encodeURIComponent(secret)],
  ['j', (secret) => JSON.stringify(secret).slice(1, -1)],
  ['b', (secret) => Buffer.from(secret).toString('base64').replace(/=+$/, '')],
];

/** What no text of an upstream or a plugin holds by chance, and what JSON and URLs leave as it is. */
const reference = /~~secret-(\d+)([tujb])~~/g;

/**
 * Builds a vault for the secrets of a config, in their order there: a resume by the same config finds the same ones,
 * or those that have taken their place. Those of at most 3 characters would be found everywhere, and stay.
 */
export function createVault(secrets: readonly string[]): Vault {
  const known = secrets
    .flatMap((secret, index) =>
      secret.length > 3 ? forms.map(([mark, form]) => ({ mark, text: form(secret), index })) : [],
    )
    // Longest first: a secret that is part of another must not leave the other's rest behind.
    .toSorted((a, b) => b.text.length - a.text.length);
  const names = new Map<string, string>();
  for (const { mark, text, index } of known) {
    // Most are the same in several forms: the plain one comes first.
    if (!names.has(text)) names.set(text, `~~secret-${index}${mark}~~`);
  }
  if (names.size === 0) return { hide: (text) => text, show: (text) => text };
  const pattern = new RegExp(
    [...names.keys()].map((text) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('|'),
    'g',
  );
  const formOf = new Map(forms);
  return {
    hide: (text) => text.replaceAll(pattern, (found) => names.get(found) ?? ''),
    show: (text) =>
      text.replaceAll(reference, (whole, index: string, mark: string) => {
        const secret = secrets[Number(index)];
        return secret === undefined ? whole : (formOf.get(mark)?.(secret) ?? whole);
      }),
  };
}
