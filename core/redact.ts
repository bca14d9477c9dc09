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

function isSecretKey(key: string): boolean {
  const plain = decode(key)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  return (secretKeys.has(plain) || secretEnding.test(plain)) && !pagingToken.test(plain);
}

/** A key as its author wrote it; one that is not decodable stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A URL fit for logs and errors: no userinfo, no fragment, secret-looking query values as `***`. What is not an
 * absolute URL is treated as text.
 */
export function redactUrl(url: URL | string): string {
  return redactPatterns(String(url).replace(/#.*$/s, ''));
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
    );
}

/**
 * Builds a function that takes secrets out of any text: the given values (those of at most 3 characters would blot
 * out everything, and stay), as they are, URL-encoded, in JSON and in base64, and whatever looks like a secret in a
 * URL or an Authorization header.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.flatMap(bareSecrets).flatMap(formsOf));
  if (forms.size === 0) return redactPatterns;
  // Longest first: a secret that is part of another must not leave the other's rest behind.
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length);
  const known = new RegExp(longestFirst.map((form) => form.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('|'), 'g');
  return (text) => redactPatterns(text.replaceAll(known, mask));
}

/** The secret itself, and the credentials in it where it is a header value with a scheme. */
function bareSecrets(secret: string): string[] {
  const credentials = /^(?:basic|bearer|token|apikey)\s+(\S.*)$/i.exec(secret)?.[1];
  return [secret, credentials ?? secret].filter((value) => value.length > 3);
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}

/** Escape sequences of terminals: OSC and its kin up to their terminator, CSI, and the short ones. */
const escapes = new RegExp(
  [
    '(?:\\x1b[\\]PX^_]|[\\x9d\\x90\\x98\\x9e\\x9f])[^\\x07\\x1b\\x9c]*(?:\\x07|\\x1b\\\\|\\x9c)',
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]',
    '\\x1b[ -/]*[0-~]',
  ].join('|'),
  'g',
);
/** What breaks a line or only moves the cursor. */
const spaces = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/** C0, DEL, C1, zero-width characters and all that turns the direction of text around. */
const invisible = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Longest text of an upstream that is shown, in characters, unless the caller says otherwise. */
const shownCharacters = 500;

/**
 * Makes what an upstream said safe to print: no control, escape or direction characters, one line, at most
 * `maxLength` characters (default 500; a longer text ends in `…`).
 */
export function cleanText(text: string, maxLength: number = shownCharacters): string {
  // Cut first, generously: the work is bounded however much an upstream says.
  const clean = text
    .slice(0, maxLength * 8)
    .replaceAll(escapes, '')
    .replaceAll(spaces, ' ')
    .replaceAll(invisible, '')
    .trim();
  if (clean.length <= maxLength) return clean;
  return `${clean.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
