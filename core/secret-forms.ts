/** The ways in which a secret can stand in a text, so that it is found in all of them. */

/** Shorter ones would blot out everything. */
export const shortestSecret = 4;
/** Longer ones are looked for in pieces: a regular expression has its limits. */
const longestPiece = 512;
/** A line, a cookie, a user name: parts shorter than this are too common to be secrets by themselves. */
const shortestPart = 8;

/** A form of a secret that may be written in several ways. */
interface WrittenForm {
  /** Letters and digits that stand in all of them: without these in a text, there is no need to look further. */
  readonly anchor: string;
  /** Finds it whole. Global. */
  readonly pattern: RegExp;
}

/** One secret, ready to be looked for. */
export interface SecretForms {
  readonly written: readonly WrittenForm[];
  /** The forms as they are usually written: what is left of one that was cut off is found by them. */
  readonly literals: readonly string[];
}

/** Prepares a secret, and each part of it that is one by itself: the credentials of a header, the password of a URL. */
export function secretForms(secret: string): readonly SecretForms[] {
  return [...new Set([secret, ...partsOf(secret)].flatMap(piecesOf))]
    .filter((piece) => piece.length >= shortestSecret)
    .map(formsOf);
}

/** What in a secret is one by itself: the credentials of a header, the password of a URL, the values of cookies. */
export function partsOf(secret: string): readonly string[] {
  const [, scheme = '', credentials = ''] = /^(\w+)\s+(\S.*)$/s.exec(secret) ?? [];
  const isHeader = /^(?:basic|bearer|token|apikey)$/i.test(scheme);
  return [
    ...(isHeader ? [credentials] : []),
    ...(/^basic$/i.test(scheme) ? passwordOf(Buffer.from(credentials, 'base64').toString()) : []),
    ...partsOfUrl(secret),
    ...partsOfCookies(secret),
  ];
}

/** Of `user:password` the whole and the password; a user without one is the secret itself. */
function passwordOf(pair: string): readonly string[] {
  const colon = pair.indexOf(':');
  const password = pair.slice(colon + 1);
  if (colon < 0) return [];
  return password === '' ? [pair.slice(0, colon)] : [pair, password];
}

function partsOfUrl(text: string): readonly string[] {
  if (!URL.canParse(text)) return [];
  const { protocol, host, username, password, searchParams } = new URL(text);
  if (host === '') return [];
  // Alone, a user is a token on the web, and a name that stands everywhere in the URL of a database.
  const isSecret = password !== '' || (username !== '' && /^https?:$/.test(protocol));
  const encoded = isSecret ? passwordOf(`${username}:${password}`) : [];
  const values = [...searchParams.values()].filter((value) => value.length >= shortestPart);
  return [...encoded, ...encoded.map(decoded), ...values];
}

function partsOfCookies(text: string): readonly string[] {
  if (!/^[\w.-]+=[^;]*(?:;\s*[\w.-]+=[^;]*)*;?$/.test(text)) return [];
  const values = text.split(';').map((cookie) => cookie.slice(cookie.indexOf('=') + 1).trim());
  return values.filter((value) => value.length >= shortestPart);
}

/** Length of what any secret of its kind begins with: the scheme of a URL, percent-encoded too. */
export function openStart(secret: string): number {
  return /^[a-z][a-z\d+.-]*(?::|%3A)(?:\/|\\\/|%2F){2}/i.exec(secret)?.[0].length ?? 0;
}

/** A text percent-decoded; one that is not encoded well stands for itself. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Each line is a secret of its own, and so is each piece of what is very long. */
function piecesOf(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/).filter((line) => line.length >= shortestPart);
  const whole = [secret, ...(lines.length > 1 ? lines.map((line) => line.trim()) : [])];
  return whole.flatMap((text) => {
    const count = Math.ceil(text.length / longestPiece);
    return Array.from({ length: count }, (_, index) => text.slice(index * longestPiece, (index + 1) * longestPiece));
  });
}

function formsOf(secret: string): SecretForms {
  const encoded = base64Forms(secret);
  const literals = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(wellFormed(secret)), ...encoded];
  // Spaces are what a line break becomes where a text is put on one line.
  const onOneLine = secret.replaceAll(/\s+/g, ' ');
  return {
    written: [
      writtenForm(secret, inText),
      writtenForm(secret, inJson),
      ...encoded.map((form) => writtenForm(form, inText)),
    ],
    literals: [...new Set([...literals, onOneLine])].filter((literal) => literal.length >= shortestSecret),
  };
}

function writtenForm(text: string, write: (part: string) => string): WrittenForm {
  const plain = text.match(/\w+/g) ?? [];
  const anchor = plain.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
  return { anchor, pattern: new RegExp(anyOf(text, write), 'g') };
}

/** In base64, wherever in the encoded bytes it stands: what comes before it shifts it by no, one or two bytes. */
export function base64Forms(secret: string): readonly string[] {
  const forms = [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
    // Characters that hold bits of what stands before or after it are not the secret's own.
    const text = bytes.toString('base64').replace(/=+$/, '');
    const own = text.slice(shift === 0 ? 0 : shift + 1, bytes.length % 3 === 0 ? undefined : -1);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set(forms)].filter((form) => form.length >= shortestSecret);
}

/** A regular expression for a text of which each character, or run of spaces, may be written in several ways. */
function anyOf(text: string, write: (part: string) => string): string {
  return Array.from(text.matchAll(/[\t\n\r ]+|\\+|[^]/gu), ([part]) => (/^\w$/.test(part) ? part : write(part))).join(
    '',
  );
}

/** As it is, or percent-encoded once or more often; a space also as `+`. */
function inText(part: string): string {
  if (/^[\t\n\r ]/.test(part)) return '(?:\\s|\\+|%(?:25)*(?:20|0[9AaDd])){1,20}';
  const bytes = [...Buffer.from(part)].map((byte) => `%(?:25)*${anyCase(byte.toString(16).padStart(2, '0'))}`);
  return `(?:${literally(part)}|${bytes.join('')})`;
}

/** As JSON writes it, also JSON within JSON, and with more escapes than are needed. */
function inJson(part: string): string {
  if (/^[\t\n\r ]/.test(part)) return '(?: |\\\\{1,4}(?:[nrt]|u000[9AaDd])){1,20}';
  if (part.startsWith('\\')) return `\\\\{${part.length * 2},${part.length * 4}}`;
  const units = Array.from({ length: part.length }, (_, index) => part.charCodeAt(index));
  const escaped = units.map((unit) => `\\\\{1,4}u${anyCase(unit.toString(16).padStart(4, '0'))}`).join('');
  return `(?:\\\\{0,4}${literally(part)}|${escaped})`;
}

function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literally(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

/** Half of a pair of surrogates has no percent-encoding. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
