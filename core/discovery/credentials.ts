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
}

/** Writes the headers that the API was asked with: one that holds a secret becomes a reference to a variable. */
export function credentialsCode(name: string, headers: Readonly<Record<string, string>>, url: URL): CredentialsCode {
  const given = Object.entries(headers);
  const secret = given.filter(([header, value]) => isSecretHeader(header) || /\$\{/.test(value));
  const plain = given.filter((entry) => !secret.includes(entry));
  const inQuery = [...url.searchParams].find(([parameter]) => isSecretKey(parameter));
  if (inQuery !== undefined && secret.length === 0) return queryCode(name, inQuery, plain);
  const [first, ...others] = secret.map(([header, value]) => ({
    header,
    value,
    variable: variableFor(name, header, value),
  }));
  const sent = [
    ...plain.map(([header, value]) => `${key(header)}: ${quoted(value)}`),
    ...others.map(({ header, variable }) => `${key(header)}: '\${${variable}}'`),
  ];
  const auth = first === undefined ? undefined : authCode(first);
  return {
    imports: auth === undefined ? [] : [auth.imports],
    lines: [
      ...(auth === undefined ? [] : [`auth: ${auth.code},`]),
      ...(sent.length === 0 ? [] : [`headers: { ${sent.join(', ')} },`]),
    ],
    variables: [...(first === undefined ? [] : [first.variable]), ...others.map(({ variable }) => variable)],
  };
}

function queryCode(name: string, [parameter, value]: [string, string], plain: [string, string][]): CredentialsCode {
  const variable = variableFor(name, parameter, value);
  const sent = plain.map(([header, text]) => `${key(header)}: ${quoted(text)}`);
  return {
    imports: ['apiKey'],
    lines: [
      `auth: apiKey({ query: ${quoted(parameter)}, value: '\${${variable}}' }),`,
      ...(sent.length === 0 ? [] : [`headers: { ${sent.join(', ')} },`]),
    ],
    variables: [variable],
  };
}

interface Secret {
  readonly header: string;
  readonly value: string;
  readonly variable: string;
}

function authCode({ header, value, variable }: Secret): { readonly imports: string; readonly code: string } {
  if (header.toLowerCase() === 'authorization' && /^bearer\s/i.test(value)) {
    return { imports: 'bearer', code: `bearer('\${${variable}}')` };
  }
  return { imports: 'apiKey', code: `apiKey({ header: ${quoted(header)}, value: '\${${variable}}' })` };
}

/** The variable that was named, or one that is called as the source and the header are. */
function variableFor(name: string, header: string, value: string): string {
  const told = /\$\{([A-Za-z_]\w*)\}/.exec(value)?.[1];
  const made = `${name}_${header.toLowerCase() === 'authorization' ? 'token' : header.replace(/^x-/i, '')}`;
  return told ?? made.toUpperCase().replaceAll(/\W/g, '_');
}
