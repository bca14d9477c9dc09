import { isSecretHeader } from '../config/secrets.ts';
import type { JsonValue } from '../contracts/json.ts';
import type { PageRequest } from '../contracts/page.ts';
import { isPlainUrl, isSecretKey } from '../redact.ts';
import { decoded, partsOf } from '../secret-forms.ts';

/** A parameter of a query or a form, and a member of JSON. */
const parameter = /(?:^|[?&;])(?<key>[^\s=&?#;"'<>]{1,200})=(?<value>[^\s&#;"'<>]+)/g;
const member = /"(?<key>[^"\\]{1,200})"\s*:\s*"(?<value>(?:[^"\\]|\\.)+)"/g;

/**
 * What stands in a request where secrets stand: behind a telling name in its query, its body, its headers or its state,
 * and for the user of its URL. Each as it is and as it is meant.
 */
export function sentSecrets(request: PageRequest): readonly string[] {
  if (isPlain(request)) return [];
  const { url, headers = {}, body = '', state = {} } = request;
  const ofHeaders = Object.entries(headers).filter(([name]) => isSecretHeader(name) || isSecretKey(name));
  const found = [
    ...namedIn(url, parameter),
    ...namedIn(body, parameter),
    ...namedIn(body, member).map(unquoted),
    ...userOf(url),
    ...ofHeaders.flatMap(([, value]) => [value, ...partsOf(value)]),
    ...namedInState('', state),
  ];
  return [...new Set(found.flatMap((value) => [value, decoded(value)]))];
}

/** Every request is asked, and most are nothing but a path with a few numbers: there is nowhere to hide anything in. */
function isPlain({ url, headers, body, state }: PageRequest): boolean {
  if (headers !== undefined || body !== undefined || !isPlainUrl(url)) return false;
  for (const name in state) {
    const type = typeof state[name];
    if (type === 'string' || type === 'object') return false;
  }
  return true;
}

function namedIn(text: string, pattern: RegExp): string[] {
  if (text === '') return [];
  return Array.from(text.matchAll(pattern), ({ groups }) => groups ?? {}).flatMap(({ key = '', value = '' }) =>
    isSecretKey(key) ? [value] : [],
  );
}

function unquoted(value: string): string {
  try {
    return String(JSON.parse(`"${value}"`));
  } catch {
    return value;
  }
}

function userOf(url: string): string[] {
  const [, user = '', password = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^\s/?#:@]*):?([^\s/?#]*)@/i.exec(url) ?? [];
  return [user, password].filter((text) => text !== '');
}

function namedInState(name: string, value: JsonValue): string[] {
  if (typeof value === 'string') return isSecretKey(name) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  // What stands in a list is called as the list is.
  return Object.entries(value).flatMap(([key, entry]: [string, JsonValue]) =>
    namedInState(Array.isArray(value) ? name : key, entry),
  );
}
