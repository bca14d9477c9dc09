import { hasReference } from '../config/interpolate.ts';
import type { ResolvedConfig } from '../config/resolved.ts';
import { resolveConfig } from '../config/resolve.ts';
import type { HttpResponse, TransportFactory } from '../contracts/http.ts';
import type { Logger } from '../contracts/logger.ts';
import type { Services } from '../contracts/services.ts';
import { createContainer } from '../di/container.ts';
import { tokens } from '../di/tokens.ts';
import { classify, SluiceError } from '../errors.ts';
import { createUndiciTransport } from '../http/transports/undici.ts';
import { singlePage } from '../pagination/single.ts';
import { decodeBody } from '../processing/decode-body.ts';
import { createScrubber } from '../recording/scrubber.ts';
import { cleanText } from '../redact.ts';
import { partsOf } from '../secret-forms.ts';
import { isSecretParameter, isSecretSent } from './credentials.ts';
import { at, type BodyPath } from './finding.ts';
import { leavesOf, nestsDeeper } from './walk-body.ts';

/** What came for one URL. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: HttpResponse['headers'];
  readonly body: unknown;
}

/** Asks an API that nobody knows yet: one request after the other, politely, and only so many. */
export interface Asker {
  /**
   * Asks for a URL of the same origin. Undefined for an answer that is no page: a refusal of the request (4xx), or no JSON.
   * Throws a `SluiceError` for a network or server that fails, for a 401 and 403, and once too many were asked.
   */
  ask(url: URL): Promise<Answer | undefined>;
  readonly requests: number;
  /** Takes what proves who asks out of a text. */
  scrub(text: string): string;
  close(): Promise<void>;
}

export interface AskerOptions {
  readonly url: URL;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly services: Services;
}

/** Requests of one discovery. */
const mostRequests = 30;
/** Levels of a body: more than any API has, and fewer than a recursion can take. */
const deepest = 64;
const pace = { requests: 2, perMs: 1000 };

/** Opens the way to the API through the same chain as that of a run: limits, retries, breaker, redirects, timeouts. */
export async function openAsker({ url, headers, signal, services }: AskerOptions): Promise<Asker> {
  const config = await configFor(url, headers);
  const [source] = config.sources;
  if (source === undefined) throw new TypeError('the config has its one source');
  let last: HttpResponse | undefined;
  const inner = services.transport ?? createUndiciTransport;
  const listening: TransportFactory = (options) => {
    const transport = inner(options);
    return {
      async handle(request) {
        last = await transport.handle(request);
        return last;
      },
      close: () => transport.close(),
    };
  };
  const container = await createContainer(config, { logger: silent, ...services, transport: listening });
  const client = container.resolve(tokens.clients)(source);
  const inUrl = [...url.searchParams].flatMap(([name, value]) => (isSecretParameter(name, value) ? [value] : []));
  // A reference is no secret; what it stands for is among the config's.
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    isSecretSent(name, value) && !hasReference(value) ? [value, ...partsOf(value)] : [],
  );
  const scrubber = createScrubber([...config.secrets, ...inUrl, ...sent]);
  let requests = 0;

  return {
    async ask(target) {
      if (target.origin !== url.origin) return undefined;
      if (requests === mostRequests) {
        throw new SluiceError('source_failed', `asked ${mostRequests} times, and that has to do`);
      }
      requests += 1;
      last = undefined;
      try {
        const request = {
          key: `request ${requests}`,
          url: target,
          method: 'GET' as const,
          headers: {},
          attempt: 1,
          signal,
        };
        const response = await client.handle(request);
        const decoded = decodeBody(response.body, response.headers['content-type'] ?? '');
        if (!decoded.ok) {
          if (requests === 1) throw new SluiceError(decoded.code, `the answer is no page of JSON: ${decoded.message}`);
          return undefined;
        }
        if (nestsDeeper(decoded.body, deepest)) {
          throw new SluiceError('unexpected_shape', `the body is nested deeper than ${deepest} levels`);
        }
        return { url: target, status: response.status, headers: response.headers, body: decoded.body };
      } catch (thrown) {
        signal.throwIfAborted();
        const error = classify(thrown);
        const { status = 0 } = error;
        const said = requests === 1 && status >= 400 ? saidBy(last, (text) => scrubber.text(text)) : '';
        if (status === 401 || status === 403) throw refused(error, last, said);
        // Parameters that it does not know are its right to refuse.
        if (requests > 1 && status >= 400 && status < 500 && error.code !== 'rate_limited') return undefined;
        throw error.with({ message: scrubber.text(`${error.message}${said}`) });
      }
    },
    get requests() {
      return requests;
    },
    scrub: (text) => scrubber.text(text),
    close: () => client.close(),
  };
}

/** What the command has to say, it says itself. */
const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };

function configFor(url: URL, headers: AskerOptions['headers']): Promise<ResolvedConfig> {
  const plugin = {
    name: 'discovery',
    baseUrl: url.origin,
    rateLimit: pace,
    pagination: singlePage({ path: '/' }),
    normalizer: { normalize: () => ({ id: 0 }) },
  };
  const source = { use: plugin, headers, concurrency: 1, retry: { retries: 2 } };
  const config = { sources: [source], sinks: ['ndjson'], workers: { threads: 0 }, state: false };
  return resolveConfig(config).catch((thrown: unknown) => {
    // Nobody has written a config here: what is wrong is wrong with the headers.
    if (!(thrown instanceof SluiceError)) throw thrown;
    const message = thrown.message.replace('in the config', 'with what is sent').replaceAll('sources[0].', '');
    throw thrown.with({ message });
  });
}

/** What the upstream asks for, as far as it says so. */
function refused(error: SluiceError, last: HttpResponse | undefined, said: string): SluiceError {
  const scheme = /^\s*([\w-]+)/.exec(last?.headers['www-authenticate'] ?? '')?.[1];
  const wanted = scheme === undefined ? 'it does not say which' : `it asks for the scheme ${scheme}`;
  const text = `${error.message}: it wants credentials, and ${wanted}${said}; give them with --header, such as --header 'x-api-key: \${API_KEY}'`;
  return error.with({ message: text });
}

/** The upstream's own words for why it answers so, as far as it has some; the first that it has. */
function saidBy(last: HttpResponse | undefined, scrub: (text: string) => string): string {
  const decoded = last && decodeBody(last.body, last.headers['content-type'] ?? '');
  const leaf = decoded?.ok === true ? leavesOf(decoded.body).find(({ key }) => saying.test(key)) : undefined;
  return typeof leaf?.value === 'string' ? `; it says "${cleanText(scrub(leaf.value), 200)}"` : '';
}

const saying = /^(?:error|errors|message|detail|errormessage|errordescription|title)$/;

/** The list at a path of a body, as far as it is one. */
export function itemsAt(body: unknown, path: BodyPath): readonly unknown[] | undefined {
  const found = at(body, path);
  return Array.isArray(found) ? (found as readonly unknown[]) : undefined;
}
