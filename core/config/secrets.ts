import { isSecretKey } from '../redact.ts';
import { isPluginEntry } from '../registry/inline-plugin.ts';
import { partsOf } from '../secret-forms.ts';
import { isObject, property } from '../unknown.ts';
import { authKeys } from './auth-secrets.ts';
import { hasReference, type Interpolated } from './interpolate.ts';
import { type ConfigPath, pathText } from './issues.ts';

/** Headers that prove who asks. */
const secretHeader = /auth(?!or(?!iz))|cookie|key|token|secret|password|session|signature|credential/i;

/** Whether a header of this name proves who asks. */
export function isSecretHeader(name: string): boolean {
  return secretHeader.test(name);
}

/** A value that is to be kept secret because of where it stands. */
interface Kept {
  readonly path: ConfigPath;
  readonly value: string;
}

/**
 * Collects what must never be printed: what came from the environment or from files, what stands in headers that prove
 * who asks, in the user part of a URL, or in a plugin's option of a telling name; and the credentials in all of these. A
 * plain URL from the environment is no secret: a log that hides it says nothing. `headers` and `credentials` are those of
 * plugins.
 */
export function collectSecrets(
  { config, values, fileValues }: Pick<Interpolated, 'config' | 'values' | 'fileValues'>,
  headers: readonly Readonly<Record<string, string>>[] = [],
  credentials: readonly string[] = [],
): readonly string[] {
  const ofPlugins = headers.flatMap((record) => Object.entries(record)).filter(([name]) => isSecretHeader(name));
  const secrets = [
    ...values.filter((value) => !isPlainUrl(value)),
    ...fileValues,
    ...keptIn(config).map(({ value }) => value),
    ...ofPlugins.map(([, value]) => value),
    ...credentials,
  ];
  // Parts come last: how many there are hangs on the values, and the place of the others is to be the same every time.
  return [...new Set([...secrets, ...secrets.flatMap(partsOf)])].filter((secret) => secret !== '');
}

/**
 * What to say of secrets that are written in a config in clear: who can read the file has them, and so has its history.
 * A program that takes them from the environment itself is as good as a reference. Tells where, never what.
 */
export function clearSecrets(written: unknown, env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const fromOutside = Object.values(env).filter((value) => value !== undefined && value.length >= 8) as string[];
  return keptIn(written)
    .filter(({ value }) => !hasReference(value) && !fromOutside.some((known) => value.includes(known)))
    .map(
      ({ path }) =>
        `${pathText(path)} holds a secret in clear: write "\${NAME}" for a variable of the environment, or "\${file:PATH}"`,
    );
}

function keptIn(config: unknown): readonly Kept[] {
  if (!isObject(config)) return [];
  const { engine } = config;
  return [
    ...entriesOf(config, 'sources').flatMap(keptInSource),
    ...entriesOf(config, 'sinks').flatMap(keptInPlugin),
    ...(isObject(engine) ? keptInPlugin({ entry: engine, path: ['engine'] }) : []),
  ];
}

function entriesOf(config: Readonly<Record<string, unknown>>, section: 'sources' | 'sinks') {
  const list: unknown = config[section];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index) =>
    // A plugin object is code: what it needs of secrets is its own affair.
    isObject(entry) && !isPluginEntry(entry) ? [{ entry, path: [section, index] as ConfigPath }] : [],
  );
}

interface Entry {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly path: ConfigPath;
}

function keptInSource({ entry, path }: Entry): readonly Kept[] {
  const { baseUrl, headers, auth, options } = entry;
  const sent = isObject(headers) ? Object.entries(headers) : [];
  return [
    ...(typeof baseUrl === 'string' && hasUser(baseUrl) ? [{ path: [...path, 'baseUrl'], value: baseUrl }] : []),
    ...authKeys(auth).map((key) => ({ path: [...path, 'auth', key], value: String(property(auth, key)) })),
    ...sent.flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' && isSecretHeader(name)
        ? [{ path: [...path, 'headers', name], value }]
        : [],
    ),
    ...keptInOptions(options, [...path, 'options']),
  ];
}

function keptInPlugin({ entry, path }: Entry): readonly Kept[] {
  const { use: _, ...options } = entry;
  return keptInOptions(options, path);
}

function keptInOptions(value: unknown, path: ConfigPath): readonly Kept[] {
  if (typeof value === 'string') {
    const key = path.findLast((part) => typeof part === 'string') ?? '';
    return value !== '' && (isSecretOption(key) || hasUser(value)) ? [{ path, value }] : [];
  }
  if (Array.isArray(value)) return value.flatMap((entry, index) => keptInOptions(entry, [...path, index]));
  return isObject(value) ? Object.entries(value).flatMap(([key, entry]) => keptInOptions(entry, [...path, key])) : [];
}

/** In options, a mere `key` is what something is called, more often than not. */
function isSecretOption(key: string): boolean {
  return key.toLowerCase() !== 'key' && isSecretKey(key);
}

function hasUser(text: string): boolean {
  // A reference has no place in a URL until it is replaced.
  return /^[a-z][\w+.-]*:\/\/[^\s/?#]*@/i.test(text);
}

function isPlainUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '' && search === '';
}
