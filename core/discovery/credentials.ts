import { isSecretHeader } from '../config/secrets.ts';
import { isSecretKey } from '../redact.ts';
import { key, quoted } from './item-type.ts';

/** What the plugin is to prove itself by, as code; the values themselves are written nowhere. */
export interface CredentialsCode {
  /** Functions that have to be imported. */
  readonly imports: readonly string[];
  /** Lines of the plugin. */
  readonly lines: readonly string[];
  /** Variables of the environment that have to be set. */
  readonly variables: readonly string[];
  /** Parameters of the URL with a secret that the plugin does not send: it can add only one to each URL. */
  readonly left: readonly string[];
}

/** Headers that say how to answer, not who asks. */
const openHeader = /^(?:accept(?:-.*)?|content-type|user-agent|origin|referer|prefer|.*version)$/;
const reference = /\$\{([A-Za-z_]\w*)\}/g;

/** Whether a header is taken for a secret: what no upstream needs to know of everybody may be one, whatever it is called. */
export function isSecretSent(name: string, value: string): boolean {
  return isSecretHeader(name) || /\$\{/.test(value) || (value.length >= 8 && !openHeader.test(name));
}

/** Whether a parameter of a URL is taken for a secret: by its name, or because its value looks like nothing but a key. */
export function isSecretParameter(name: string, value: string): boolean {
  return isSecretKey(name) || /^(?=.*\d)(?=.*[a-z])[\w.~+/=-]{16,}$/i.test(value);
}

/** Writes what the API was asked with: a secret becomes a reference to a variable. */
export function credentialsCode(name: string, headers: Readonly<Record<string, string>>, url: URL): CredentialsCode {
  const given = Object.entries(headers).map(([header, value]) => ({ header, value }));
  const secret = given.filter(({ header, value }) => isSecretSent(header, value));
  const open = given.filter((entry) => !secret.includes(entry));
  const [inQuery, ...left] = [...url.searchParams].filter(([parameter, value]) => isSecretParameter(parameter, value));
  // A parameter can be sent by `auth` alone; a header has another place.
  const [first, ...others] = inQuery === undefined ? secret : [undefined, ...secret];
  const auth = inQuery === undefined ? first && headerAuth(name, first) : queryAuth(name, inQuery);
  const references = others.flatMap((entry) =>
    entry === undefined ? [] : [{ header: entry.header, ...referenceTo(name, entry.header, entry.value) }],
  );
  const sent = [
    ...open.map(({ header, value }) => `${key(header)}: ${quoted(value)}`),
    ...references.map(({ header, text }) => `${key(header)}: ${quoted(text)}`),
  ];
  return {
    imports: auth === undefined ? [] : [auth.imports],
    lines: [
      ...(auth === undefined ? [] : [`auth: ${auth.code},`]),
      ...(sent.length === 0 ? [] : [`headers: { ${sent.join(', ')} },`]),
    ],
    variables: [...new Set([...(auth?.variables ?? []), ...references.flatMap(({ variables }) => variables)])],
    left: left.map(([parameter]) => parameter),
  };
}

interface AuthCode {
  readonly imports: string;
  readonly code: string;
  readonly variables: readonly string[];
}

function queryAuth(name: string, [parameter, value]: readonly [string, string]): AuthCode {
  const { text, variables } = referenceTo(name, parameter, value);
  return { imports: 'apiKey', code: `apiKey({ query: ${quoted(parameter)}, value: ${quoted(text)} })`, variables };
}

function headerAuth(name: string, { header, value }: { readonly header: string; readonly value: string }): AuthCode {
  const token = header === 'authorization' ? /^bearer\s+(.+)$/i.exec(value)?.[1] : undefined;
  const { text, variables } = referenceTo(name, header, token ?? value);
  return token === undefined
    ? { imports: 'apiKey', code: `apiKey({ header: ${quoted(header)}, value: ${quoted(text)} })`, variables }
    : { imports: 'bearer', code: `bearer(${quoted(text)})`, variables };
}

/** What was given with `${NAME}` stays as it is; what was given in clear becomes a variable named after source and place. */
function referenceTo(name: string, place: string, value: string): { text: string; variables: readonly string[] } {
  const told = Array.from(value.matchAll(reference), ([, variable = '']) => variable);
  if (told.length > 0) return { text: value, variables: told };
  const made = `${name}_${place === 'authorization' ? 'token' : place.replace(/^x-/i, '')}`;
  const variable = made
    .toUpperCase()
    .replaceAll(/\W/g, '_')
    .replace(/^(?=\d)/, '_');
  return { text: `\${${variable}}`, variables: [variable] };
}
