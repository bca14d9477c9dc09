import type { HttpRequest, HttpResponse } from '../contracts/http.ts';
import { isSecretHeader } from '../config/secrets.ts';
import { createSecretMask, isSecretKey, redactUrl } from '../redact.ts';
import { partsOf } from '../secret-forms.ts';
import { encodeBody, textOf } from './body.ts';
import type { RecordedRequest, RecordedResponse } from './exchange.ts';

/** Stands where a secret stood. */
const mask = '***';
/** A shorter one says too little to be looked for in all that follows. */
const shortestLearnt = 8;
/** A signature is another one each time: the latest are enough, for it is the next answer that may repeat it. */
const mostLearnt = 200;

/** Where the next page starts is no secret, whatever it is called. */
const pagingName = /(?:page|paging|cursor|continuation|continue|next|start|sync|scroll)[-_]?token$/i;
/** Keys of a body that never hold anything but a secret: those of a token's answer, and passwords. */
const secretField =
  /("(?:(?:access|refresh|id|bearer|auth|session|csrf|api)[-_]?(?:token|key)|client[-_]?secret|secret|password|passwd)"\s*:\s*")((?:[^"\\]|\\.)*)(?=")/gi;

/** A query parameter of a URL in a body; some encoders write `&` as an escape. */
const queryInBody = /((?:[?&]|\\u0026)([\w.[\]%-]{1,200})=)[^\s&#"'<>\\]+/g;

/**
 * Takes secrets out of exchanges: those that are known, in all their forms; what stands in headers and query parameters
 * that prove who asks, in cookies, and in fields of a body such as `access_token`; and these again wherever they come
 * back. What holds no secret is left as it is, byte for byte.
 */
export interface Scrubber {
  request(request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>): RecordedRequest;
  response(response: Pick<HttpResponse, 'status' | 'headers' | 'body'>): RecordedResponse;
  /** A URL, without user and fragment. */
  url(url: string): string;
  /** Any other text. */
  text(text: string): string;
}

/** Builds the scrubber of one run; `secrets` are the config's. */
export function createScrubber(secrets: readonly string[]): Scrubber {
  let learnt: string[] = [];
  // Half a word in front of `…` is no secret: only eight characters of one are.
  let maskKnown = createSecretMask(secrets, shortestLearnt);

  function learn(values: readonly string[]): void {
    const fresh = [...new Set(values)].filter(
      (value) => value.length >= shortestLearnt && value !== mask && !learnt.includes(value),
    );
    if (fresh.length === 0) return;
    learnt = [...learnt, ...fresh].slice(-mostLearnt);
    maskKnown = createSecretMask([...secrets, ...learnt], shortestLearnt);
  }

  const cleanUrl = (url: string): string => maskKnown(redactUrl(url));
  const text = (value: string): string => maskKnown(withoutQuerySecrets(value));

  function headers(all: Readonly<Record<string, string>>, secret: (name: string) => boolean): Record<string, string> {
    const clean = Object.entries(all).map(([name, value]): [string, string] => [
      name,
      secret(name) ? mask : text(value),
    ]);
    return Object.fromEntries(clean);
  }

  function body(content: string): string {
    const withoutFields = content.replaceAll(secretField, `$1${mask}`);
    return maskKnown(
      withoutFields.replaceAll(queryInBody, (whole, name: string, key: string) =>
        isSecretKey(key) ? `${name}${mask}` : whole,
      ),
    );
  }

  return {
    url: cleanUrl,
    text,
    request(request) {
      const own = Object.entries(request.headers).filter(([name]) => provesWhoAsks(name));
      const ofQuery = [...request.url.searchParams].filter(([name]) => isSecretKey(name));
      learn(own.flatMap(([, value]) => [value, ...partsOf(value)]));
      learn([...ofQuery.map(([, value]) => value), ...fieldsIn(request.body ?? '')].filter(isNoWord));
      return {
        method: request.method,
        url: cleanUrl(request.url.href),
        headers: headers(request.headers, provesWhoAsks),
        ...(request.body !== undefined && { body: body(withoutQuerySecrets(request.body)) }),
      };
    },
    response(response) {
      const { status } = response;
      learn(cookieValues(response.headers['set-cookie'] ?? ''));
      const content = textOf(response.body);
      // What is no UTF-8 may still hold a secret in plain letters.
      const readable = content ?? Buffer.from(response.body).toString('latin1');
      learn(fieldsIn(readable).filter(isNoWord));
      const clean = body(readable);
      const bytes = clean === readable ? response.body : Buffer.from(clean, content === undefined ? 'latin1' : 'utf8');
      return { status, headers: headers(response.headers, isSecretAnswer), body: encodeBody(bytes) };
    },
  };
}

/** Whether a request's header proves who asks. */
function provesWhoAsks(name: string): boolean {
  return isSecretHeader(name) && !pagingName.test(name);
}

/** Whether a response's header hands out a secret: an upstream has many a `Surrogate-Key` that is none. */
function isSecretAnswer(name: string): boolean {
  return /^set-cookie2?$/i.test(name) || (isSecretKey(name.replace(/^x-/i, '')) && !pagingName.test(name));
}

/** Queries and forms stand in the middle of other texts: in `Link`, in `Location`, in the body of a POST. */
function withoutQuerySecrets(value: string): string {
  return value.replaceAll(/(^|[?&;])([^\s=&?#;"'<>{]{1,200})=([^\s&#;"'<>]+)/g, (whole, start: string, key: string) =>
    isSecretKey(key) ? `${start}${key}=${mask}` : whole,
  );
}

/** Whether a text is no plain word: `?key=products` must not take the products out of all that follows. */
function isNoWord(value: string): boolean {
  return /[^A-Za-z]|[a-z][A-Z]/.test(value);
}

function fieldsIn(content: string): string[] {
  return Array.from(content.matchAll(secretField), ([, , written = '']) => {
    try {
      return String(JSON.parse(`"${written}"`));
    } catch {
      return written;
    }
  });
}

/** The value of each cookie, without its attributes: a path is no secret. */
function cookieValues(header: string): string[] {
  return Array.from(header.matchAll(/(?:^|,\s*)[\w.-]+=([^;,\s]+)/g), ([, value = '']) => value);
}
