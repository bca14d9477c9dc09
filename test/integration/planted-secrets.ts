import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';

/** Nothing that stands anywhere by chance: 20 characters, `+` and `/` among them. */
export const secretOf = (name: string): string =>
  `+/${createHash('sha256').update(name).digest('base64').slice(0, 18)}`;

/** By the place in which each is planted. */
export const secrets = {
  header: secretOf('header'),
  apiKey: secretOf('apiKey'),
  cookie: secretOf('cookie').replaceAll(/[+/]/g, '-'),
  basic: secretOf('basic'),
  password: secretOf('password').replaceAll(/[+/]/g, '!'),
  file: secretOf('file'),
  lines: `${secretOf('line one')}\n${secretOf('line two')}`,
  quotes: `"${secretOf('quotes')}\\`,
  query: secretOf('query'),
  nextLink: secretOf('nextLink'),
  path: secretOf('path').replaceAll(/[+/]/g, '_'),
  redirect: secretOf('redirect'),
  longRedirect: secretOf('longRedirect').replaceAll(/[+/]/g, '_'),
  body: secretOf('body'),
  contentType: secretOf('contentType').replaceAll(/[+/]/g, '_'),
  ansi: secretOf('ansi'),
  cut: secretOf('cut'),
  reject: secretOf('reject'),
  sinkOption: secretOf('sinkOption'),
  sinkUrl: secretOf('sinkUrl').replaceAll(/[+/]/g, '-'),
  proxy: secretOf('proxy').replaceAll(/[+/]/g, '-'),
  thrown: secretOf('thrown'),
  crash: secretOf('crash'),
  variable: secretOf('variable'),
} as const;

/**
 * A plugin takes this one from the environment by itself: only the name of the parameter tells that it is one. `variable`
 * it takes from there as well, by a name that tells.
 */
const { query: ofPlugin, ...others } = secrets;
const known = Object.values(others);

/** Those that come from files, so that the environment of the command does not hold them. */
export const inFiles = { 'secrets/token': `${secrets.file}\n`, 'secrets/key.pem': secrets.lines } as const;

/** A source whose pager goes where the body says, and throws what the body says; so does its normalizer. */
export const source = `
export default {
  name: 'echo', baseUrl: 'http://unused.test', rateLimit: { requests: 1000, perMs: 1000 },
  pagination: {
    style: 'custom', needs: 'body',
    first: () => [{ key: 'first', url: '/start?limit=5&api_key=' + encodeURIComponent(process.env.QUERY ?? '') + '&shop=' + encodeURIComponent(process.env.SHOP_KEY) }],
    next(page) {
      const { next, error } = page.json();
      if (error !== undefined) throw new Error(error, { cause: new Error('because of ' + error) });
      return next === undefined ? [] : [{ key: 'then ' + next, url: next }];
    },
  },
  items: (body) => body.items,
  normalizer: { module: import.meta.url, normalize(item) {
    if (item.error !== undefined) throw new Error(item.error, { cause: new Error(item.error) });
    return item;
  } },
};`;

/** A sink that says all it knows, in its log and in what it throws. */
export const sink = `
export default {
  name: 'leaky',
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  async open(context, options) {
    context.logger.info('opened with ' + JSON.stringify(options), { options: JSON.stringify(options) });
    if (options.crash !== undefined) setTimeout(() => { throw new Error('crashed: ' + options.crash, { cause: new Error(options.crash) }); });
    const refuse = async () => {
      if (options.well) return;
      throw new Error('refused by ' + options.url + ' for ' + options.password, { cause: new Error(options.proxy) });
    };
    return { write: refuse, commit: async () => 1, close: async () => {}, abort: refuse };
  },
};`;

const good = [{ id: 1, title: 'good', price: 1 }];
export const base64 = (text: string): string => Buffer.from(text).toString('base64');
const everyForm = (text: string): string =>
  [text, encodeURIComponent(text), JSON.stringify(text), base64(text), base64(`me:${text}`), base64(`a${text}`)].join(
    ' ',
  );

/** What the upstream answers, by the first folder of the path: each says a secret back in a way of its own. */
export const answers: Readonly<Record<string, RequestListener>> = {
  well: json({ items: good }),
  denied: (request, response) => {
    const echo = JSON.stringify(request.headers);
    response.writeHead(401, { 'www-authenticate': `Basic realm="${request.headers.authorization}"`, 'x-echo': echo });
    response.end(JSON.stringify({ error: echo, url: request.url }));
  },
  elsewhere: json({
    items: good,
    next: `http://elsewhere.test/${encodeURIComponent(secrets.nextLink)}?q=${secrets.nextLink}`,
  }),
  'not-found': (request, response) =>
    request.url?.includes('start') === true
      ? json({ items: good, next: `/${secrets.path}/2?access_token=${ofPlugin}` })(request, response)
      : void response.writeHead(404).end(everyForm(secrets.path)),
  redirect: location(`http://me:${secrets.redirect}@elsewhere.test/${encodeURIComponent(secrets.redirect)}`),
  'long-redirect': location(`http://elsewhere.test/${'x'.repeat(168)}${secrets.longRedirect}`),
  broken: (_, response) => void response.writeHead(200).end(`{"items":[],"token":"${secrets.body}"x}`),
  binary: (_, response) =>
    void response.writeHead(200).end(Buffer.concat([Buffer.from([0xff]), Buffer.from(`{"token":"${secrets.body}"}`)])),
  'cut-body': (_, response) => void response.writeHead(200).end(`<${'y'.repeat(60)} ${secrets.body}`),
  html: (_, response) =>
    void response.writeHead(200, { 'content-type': `text/html; a=${'x'.repeat(75)}${secrets.contentType}` }).end(),
  pager: json({ items: good, error: everyForm(secrets.thrown) }),
  terminal: json({ items: good, error: `${secrets.ansi.slice(0, 9)}\u001b[31m${secrets.ansi.slice(9)}` }),
  rejects: json({
    items: [
      { id: 1, title: 'x', price: secrets.reject },
      { id: 2, note: everyForm(secrets.reject) },
      ...known.map((secret) => ({ id: 3, error: everyForm(secret) })),
      // Cut where a message is: some of these leave one half of the secret.
      ...[470, 480, 485, 490, 495].map((length) => ({ id: 4, error: `${'x'.repeat(length)}${secrets.cut}` })),
    ],
  }),
};

function json(body: unknown): RequestListener {
  return (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function location(target: string): RequestListener {
  return (_, response) => void response.writeHead(302, { location: target }).end();
}

const headers = {
  authorization: 'Bearer ${HEADER}',
  'x-api-key': '${API_KEY}',
  cookie: 'session=${COOKIE}; theme=dark',
  'x-file-token': '${file:secrets/token}',
  'x-quotes': '${QUOTES}',
};

/** A config with a source for each of these answers of the upstream at `origin`. */
export function configOf(
  origin: string,
  names: readonly string[],
  options: Readonly<Record<string, unknown>>,
): unknown {
  const retry = { retries: 1, baseMs: 1, maxMs: 5 };
  return {
    sources: names.map((name) => ({
      use: './echo.mjs',
      name,
      baseUrl: `${origin.replace('//', '//me:${PASSWORD}@')}/${name}`,
      retry,
      headers: name === 'denied' ? { ...headers, authorization: 'Basic ${BASIC}' } : headers,
    })),
    sinks: [
      { use: './leaky.mjs', ...options },
      { use: 'json-file', path: 'out/products.json' },
      { use: 'ndjson', path: 'out/products.ndjson' },
    ],
    workers: { threads: 1 },
  };
}

/** Options of the sink, which hold every secret that no header does. */
export const sinkOptions = {
  password: '${SINK_OPTION}',
  url: 'https://me:${SINK_URL}@sink.test/hook',
  proxy: 'http://${PROXY}@proxy.test:3128',
  key: '${file:secrets/key.pem}',
  // All the others: an upstream that answers with a secret knows it from somewhere.
  known: ['${NEXT_LINK}', '${PATH_SECRET}', '${REDIRECT}', '${LONG_REDIRECT}', '${BODY}', '${CONTENT_TYPE}', '${ANSI}'],
  more: ['${CUT}', '${REJECT}', '${THROWN}', '${CRASH}'],
};

/** The environment of the command. */
export const env = {
  HEADER: secrets.header,
  API_KEY: secrets.apiKey,
  COOKIE: secrets.cookie,
  BASIC: base64(`me:${secrets.basic}`),
  PASSWORD: secrets.password,
  QUOTES: secrets.quotes,
  QUERY: ofPlugin,
  SINK_OPTION: secrets.sinkOption,
  SINK_URL: secrets.sinkUrl,
  PROXY: secrets.proxy,
  NEXT_LINK: secrets.nextLink,
  PATH_SECRET: secrets.path,
  REDIRECT: secrets.redirect,
  LONG_REDIRECT: secrets.longRedirect,
  BODY: secrets.body,
  CONTENT_TYPE: secrets.contentType,
  ANSI: secrets.ansi,
  CUT: secrets.cut,
  REJECT: secrets.reject,
  THROWN: secrets.thrown,
  CRASH: secrets.crash,
  SHOP_KEY: secrets.variable,
};
