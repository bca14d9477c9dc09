import { SluiceError } from '../errors.ts';
import { base64Forms, wellFormed } from '../secret-forms.ts';
import { type Environment, secretVariables, shortestValue } from '../secret-variables.ts';

/** Keeps secrets out of files that have to be read again: each stands there as a reference, and comes back as itself. */
export interface Vault {
  /** Replaces every secret in a text, also where it is encoded or part of another text. Any text can be shown again. */
  readonly hide: (text: string) => string;
  /**
   * Puts the secrets back, as the config and the environment have them now. Throws `run_not_resumable` for one of a
   * variable that is not set.
   */
  readonly show: (text: string) => string;
  /** Values that turned out to be secrets: where one is that of a variable, `hide` knows it from now on. */
  learn(values: readonly string[]): void;
}

/** How a secret may be written, and the mark that tells which way. The first that fits is the one that is noted. */
const forms: ReadonlyMap<string, (secret: string) => string | undefined> = new Map([
  ['t', (secret: string) => secret],
  ['u', (secret: string) => encodeURIComponent(wellFormed(secret))],
  ['q', (secret: string) => new URLSearchParams({ a: secret }).toString().slice(2)],
  ['v', (secret: string) => encodeURIComponent(wellFormed(secret)).replaceAll(/%../g, (code) => code.toLowerCase())],
  ['w', (secret: string) => encodeURIComponent(encodeURIComponent(wellFormed(secret)))],
  ['j', (secret: string) => JSON.stringify(secret).slice(1, -1)],
  ['k', (secret: string) => JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1)],
  ['b', (secret: string) => Buffer.from(secret).toString('base64').replace(/=+$/, '')],
  ...Array.from('cdefgh', (mark, index): [string, (secret: string) => string | undefined] => [
    mark,
    (secret) => base64Forms(secret)[index],
  ]),
]);

/**
 * What stands for a secret, which JSON and URLs leave as it is; or for `~~` where a text has what looks like such a
 * reference: an upstream must not get a secret by writing one.
 */
const reference = /~~(?:secret-(?<index>\d+)(?<mark>[a-z])~~|env-(?<name>\w+)-(?<form>[a-z])~~|plain-)/g;
const lookalike = '~~(?=(?:secret|env|plain)-)';

/**
 * Builds a vault for the secrets of a config, in their order there: a resume by the same config finds the same ones,
 * or those that have taken their place; and for the variables of `env` that hold secrets by their names. Those of at
 * most 3 characters would be found everywhere, and stay.
 */
export function createVault(secrets: readonly string[], env: Environment = {}): Vault {
  const variables = new Map([...secretVariables(env)].filter(([name]) => canBeReferredTo(name)));
  let { pattern, references } = readerOf(secrets, variables);
  return {
    // Looked for first: hardly any text has something to hide, and looking costs less than replacing nothing.
    hide: (text) =>
      text.search(pattern) === -1 ? text : text.replaceAll(pattern, (found) => references.get(found) ?? '~~plain-'),
    show: (text) =>
      text.replaceAll(reference, (whole, ...args: unknown[]) => {
        const { index, mark, name, form } = args.at(-1) as Readonly<Record<string, string | undefined>>;
        if (name !== undefined) return forms.get(form ?? '')?.(valueOf(name, env)) ?? whole;
        if (index === undefined) return '~~';
        const secret = secrets[Number(index)];
        return secret === undefined ? whole : (forms.get(mark ?? '')?.(secret) ?? whole);
      }),
    learn(values) {
      const known = variables.size;
      for (const value of values) {
        if (value.length < shortestValue || [...variables.values()].includes(value)) continue;
        const name = Object.keys(env).find((candidate) => canBeReferredTo(candidate) && env[candidate] === value);
        if (name !== undefined) variables.set(name, value);
      }
      if (variables.size > known) ({ pattern, references } = readerOf(secrets, variables));
    },
  };
}

/** What to look for, and what takes its place. */
function readerOf(secrets: readonly string[], variables: ReadonlyMap<string, string>) {
  const known = [
    ...secrets.map((secret, index) => ({ secret, referenceIn: (mark: string) => `~~secret-${index}${mark}~~` })),
    ...Array.from(variables, ([name, secret]) => ({
      secret,
      referenceIn: (mark: string) => `~~env-${name}-${mark}~~`,
    })),
  ].filter(({ secret }) => secret.length > 3);
  const references = new Map<string, string>();
  for (const [mark, write] of forms) {
    for (const { secret, referenceIn } of known) {
      const text = write(secret);
      // Most are the same in several forms: the plain one comes first. Half a byte of base64 stands everywhere.
      if (text !== undefined && text.length > 3 && !references.has(text)) references.set(text, referenceIn(mark));
    }
  }
  const texts = [...references.keys()]
    // Longest first: a secret that is part of another must not leave the other's rest behind.
    .toSorted((a, b) => b.length - a.length)
    .map((text) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  return { references, pattern: new RegExp([...texts, lookalike].join('|'), 'g') };
}

/** Other names (Windows and npm have some) would need an encoding, and no plugin reads them. */
function canBeReferredTo(name: string): boolean {
  return /^\w+$/.test(name);
}

function valueOf(name: string, env: Environment): string {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) {
    const text = `the run needs the environment variable ${name}, which is not set: its requests were made with it`;
    throw new SluiceError('run_not_resumable', text);
  }
  return value;
}

/** Changes what stands between the references in a text that was hidden. */
export function changeAround(hidden: string, change: (text: string) => string): string {
  let result = '';
  let end = 0;
  for (const { 0: found, index } of hidden.matchAll(reference)) {
    result += change(hidden.slice(end, index)) + found;
    end = index + found.length;
  }
  return result + change(hidden.slice(end));
}
