import { decoded, openStart, secretForms, type SecretForms, shortestSecret } from './secret-forms.ts';

/** Stands where a secret stood. */
const mask = '***';

/** Keys that carry a secret, lower-case and without separators. */
const secretKeys: ReadonlySet<string> = new Set([
  'apikey',
  'appid',
  'appkey',
  'auth',
  'authorization',
  'bearer',
  'credential',
  'credentials',
  'hmac',
  'jwt',
  'key',
  'pass',
  'passwd',
  'pwd',
  'session',
  'sessionid',
  'sid',
  'sig',
  'subscriptionkey',
]);
/** Endings that make any key a secret one: `client_secret`, `X-Amz-Signature`, `refresh_token`. */
const secretEnding = /(?:token|secret|password|passphrase|signature|apikey|accesskey|privatekey|secretkey|credential)$/;
/** Where the next page starts is no secret, and a log without it says little. */
const pagingToken = /^(?:next|prev|previous)?(?:page|paging|cursor|continuation|continue|next|start|sync|scroll)token$/;

/** Keys that have been looked at: those of a source's requests are always the same few. */
const knownKeys = new Map<string, boolean>();
/** Most keys that are kept: their names may come from an upstream, who may send any number. */
const mostKeys = 1_000;

/** Whether what stands under this key, of a query or an object, is to be kept secret. */
export function isSecretKey(key: string): boolean {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const secret = looksSecret(key);
  if (knownKeys.size < mostKeys && key.length <= 200) knownKeys.set(key, secret);
  return secret;
}

function looksSecret(key: string): boolean {
  const plain = decoded(key)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  return (secretKeys.has(plain) || secretEnding.test(plain)) && !pagingToken.test(plain);
}

/**
 * A URL fit for logs and errors: no userinfo, no fragment, secret-looking query values as `***`. What is not an
 * absolute URL is treated as text.
 */
export function redactUrl(url: URL | string): string {
  const text = typeof url === 'string' ? url : url.href;
  return isPlainUrl(text) ? text : redactPatterns(text.replace(/#.*$/s, ''));
}

/** Anything by which a text could hold more to be redacted than the values of its query. */
const unusual = /[^\w:/.?&=,+~-]|authorization|cookie/i;

const usualKey = /^[\w.-]{1,200}$/;

/** Whether there is clearly nothing to redact: every request is told with its URL, and only few need the patterns. */
export function isPlainUrl(text: string): boolean {
  if (unusual.test(text)) return false;
  const query = text.indexOf('?');
  if (query === -1) return !text.includes('=');
  if (query !== text.lastIndexOf('?') || /[&=]/.test(text.slice(0, query))) return false;
  for (let start = query + 1; start > 0; start = text.indexOf('&', start) + 1) {
    const end = text.indexOf('=', start);
    if (end === -1) return true;
    const key = text.slice(start, end);
    if (!usualKey.test(key) || isSecretKey(key)) return false;
  }
  return true;
}

/** Takes out what looks like a secret wherever it stands: userinfo, secret query values, Authorization. */
function redactPatterns(text: string): string {
  return text
    .replaceAll(/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'<>]*@/gi, '$1')
    .replaceAll(/([?&;])([^\s=&?#;"'<>]{1,200})=([^\s&#;"'<>]+)/g, (whole, start: string, key: string) =>
      isSecretKey(key) ? `${start}${key}=${mask}` : whole,
    )
    .replaceAll(
      /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(?:basic|bearer|token|digest)\s+)?[^\s"',;]+/gi,
      `$1${mask}`,
    )
    .replaceAll(/\b((?:set-)?cookie["']?\s*[:=]\s*["']?)[^\s"',;=]+=[^\s"',;]+(?:;\s*[^\s"',;]+)*/gi, `$1${mask}`);
}

/**
 * Builds a function that takes secrets out of any text: the given values (those of at most 3 characters would blot
 * out everything, and stay) and the credentials in them, as they are, URL-encoded, in JSON and in base64, whole, across
 * escape sequences, or cut short by `…`; and whatever looks like a secret in a URL or an Authorization header.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const maskKnown = createSecretMask(secrets);
  // What a terminal does not show has no place in a text for people, with or without a secret in it.
  return (text) => redactPatterns(maskKnown(visible(text)));
}

/**
 * Builds a function that takes the given secrets out of a text, in all the forms that `createRedactor` knows, and leaves
 * everything else as it is: a text without any comes back unchanged. Of a secret that was cut short, a part of at least
 * `shortestPart` characters is found (default 4).
 */
export function createSecretMask(
  secrets: readonly string[],
  shortestPart: number = shortestSecret,
): (text: string) => string {
  const known = secrets.flatMap((secret) => [...new Set([secret, visible(secret)])].flatMap(secretForms));
  if (known.length === 0) return (text) => text;
  const maskIn = (text: string): string | undefined => {
    const spans = [...wholeSecrets(text, known), ...cutSecrets(text, known, shortestPart)];
    return spans.length === 0 ? undefined : masked(text, spans);
  };
  return (text) => {
    // What a terminal does not show may stand between the halves of a secret that it shows as one, in JSON too.
    const shown = maskIn(visible(text)) ?? text;
    return escapedInvisible.test(shown) ? (maskIn(visible(unescaped(shown))) ?? shown) : shown;
  };
}

function visible(text: string): string {
  return text.replaceAll(escapes, '').replaceAll(invisible, '');
}

/** A character that is not shown, as JSON writes it. */
const escapedInvisible = /\\{1,4}u(?:00[0189][\da-f]|007f|061c|20[026][\da-f]|feff)/i;

function unescaped(json: string): string {
  return json.replaceAll(new RegExp(escapedInvisible, 'gi'), (escape) =>
    String.fromCharCode(Number.parseInt(escape.slice(-4), 16)),
  );
}

type Span = readonly [start: number, end: number];

function masked(text: string, spans: readonly Span[]): string {
  let result = '';
  let end = -1;
  // Where secrets overlap or touch, one mask stands for all of them: what is left of one must not show.
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    if (from > end) result += text.slice(Math.max(end, 0), from) + mask;
    end = Math.max(end, to);
  }
  return result + text.slice(Math.max(end, 0));
}

function wholeSecrets(text: string, known: readonly SecretForms[]): Span[] {
  return known.flatMap(({ written }) =>
    written.flatMap(({ anchor, pattern }) =>
      text.includes(anchor)
        ? Array.from(text.matchAll(pattern), ({ 0: found, index }): Span => [index, index + found.length])
        : [],
    ),
  );
}

/** Shows that a text was cut here: whoever cut it knew no secrets, and may have left a part of one. */
const cuts = /…|\.{3}|$/g;
/** At its end a text may have been cut without a sign of it; a shorter part than this says too little. */
const shortestUnmarkedPart = 8;
/** A longer text is no message that somebody made shorter for people: it can only have been cut at its end. */
const longestMessage = 100_000;

function cutSecrets(text: string, known: readonly SecretForms[], shortestPart: number): Span[] {
  const spans: Span[] = [];
  let start = 0;
  const signs = text.length > longestMessage ? [{ 0: '', index: text.length }] : text.matchAll(cuts);
  for (const { 0: sign, index } of signs) {
    // Parsers quote the piece of a text that they show.
    const from = start > 0 && /["'`]/.test(text[start] ?? '') ? start + 1 : start;
    const to = sign !== '' && /["'`]/.test(text[index - 1] ?? '') ? index - 1 : index;
    const least = sign === '' ? Math.max(shortestPart, shortestUnmarkedPart) : shortestPart;
    const part = { text, from, to, cutBefore: start > 0, least, leastEnd: shortestPart };
    if (to - from >= shortestPart) {
      for (const { literals } of known) spans.push(...literals.flatMap((literal) => restsOf(literal, part)));
    }
    start = index + sign.length;
  }
  return spans;
}

interface Part {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly cutBefore: boolean;
  /** Characters that the beginning of a secret has at least, and that its end has. */
  readonly least: number;
  readonly leastEnd: number;
}

/** Where a part ends in the beginning of a secret, begins with the end of one, or is nothing but a piece of one. */
function restsOf(secret: string, { text, from, to, cutBefore, least, leastEnd }: Part): Span[] {
  const spans: Span[] = [];
  const window = text.slice(Math.max(from, to - secret.length), to);
  // `postgres` is what a sink is called, before it is where the URL of a server begins.
  const start = secret.slice(0, Math.max(least, openStart(secret) + 1));
  for (let at = 0; (at = window.indexOf(start, at)) >= 0; at++) {
    if (secret.startsWith(window.slice(at))) spans.push([to - window.length + at, to]);
  }
  if (!cutBefore) return spans;
  const head = text.slice(from, Math.min(to, from + secret.length));
  const tail = secret.slice(-leastEnd);
  for (let at = 0; (at = head.indexOf(tail, at)) >= 0; at++) {
    const rest = head.slice(0, at + tail.length);
    if (secret.endsWith(rest)) spans.push([from, from + rest.length]);
  }
  if (to - from < secret.length && secret.includes(text.slice(from, to))) spans.push([from, to]);
  return spans;
}

/** Escape sequences of terminals: OSC and its kin up to their terminator, CSI, and the short ones. */
const escapes = new RegExp(
  [
    '(?:\\x1b[\\]PX^_]|[\\x9d\\x90\\x98\\x9e\\x9f])[^\\x07\\x1b\\x90\\x98\\x9c-\\x9f]*(?:\\x07|\\x1b\\\\|\\x9c)',
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]',
    '\\x1b[ -/]*[0-~]',
  ].join('|'),
  'g',
);
/** What breaks a line or only moves the cursor. */
const spaces = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/** C0 but tab and line breaks, DEL, C1, zero-width characters and all that turns the direction of text around. */
const invisible = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Longest text of an upstream that is shown, in characters, unless the caller says otherwise. */
const shownCharacters = 500;

/**
 * Makes what an upstream said safe to print: no control, escape or direction characters, one line, at most
 * `maxLength` characters (default 500; a longer text ends in `…`).
 */
export function cleanText(text: string, maxLength: number = shownCharacters): string {
  // Cut first, generously: the work is bounded however much an upstream says.
  const bounded = text.slice(0, maxLength * 8);
  const clean = bounded.replaceAll(escapes, '').replaceAll(spaces, ' ').replaceAll(invisible, '').trim();
  if (clean.length <= maxLength && bounded.length === text.length) return clean;
  return `${clean.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
