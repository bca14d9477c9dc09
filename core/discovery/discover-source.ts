import type { Services } from '../contracts/services.ts';
import { SluiceError } from '../errors.ts';
import { hasReference } from '../config/interpolate.ts';
import { isSecretParameter } from './credentials.ts';
import { discover, type DiscoveredApi } from './discover.ts';
import { type PluginFile, pluginFiles } from './plugin-files.ts';
import { pluginName } from '../registry/plugin-name.ts';

/** Something found out, for people and for other programs. */
export interface Told {
  readonly what: 'paging' | 'items' | 'id' | 'total' | 'pages' | 'rate limit';
  /** The value, as data. */
  readonly value: unknown;
  readonly certainty: DiscoveredApi['paging']['certainty'];
  readonly because: string;
}

/** A source that was written from what an API answered. */
export interface DiscoveredSource {
  readonly name: string;
  /** Without secrets. */
  readonly url: string;
  readonly requests: number;
  readonly found: readonly Told[];
  readonly unknown: readonly string[];
  /** Variables of the environment that the plugin needs. */
  readonly variables: readonly string[];
  /** The plugin, its test, and its pages. */
  readonly files: readonly PluginFile[];
}

export interface DiscoverSourceOptions {
  /** Of the first page of a listing. */
  readonly url: string;
  /** Lines such as `x-api-key: ${API_KEY}`. Default: none. */
  readonly headers?: readonly string[];
  /** Name of the source. Default: made of the URL. */
  readonly name?: string | undefined;
  readonly signal: AbortSignal;
  readonly services?: Services;
}

/**
 * Asks an unknown API a few requests and writes a source for it. Throws `config_invalid` for a URL or a header that can't be
 * used, and as `discover` does.
 */
export async function discoverSource(options: DiscoverSourceOptions): Promise<DiscoveredSource> {
  const url = parseUrl(options.url);
  const headers = Object.fromEntries((options.headers ?? []).map(parseHeader));
  const name = discoveredName(options.url, options.name);
  const { signal, services } = options;
  const api = await discover({ url, headers, signal, ...(services !== undefined && { services }) });
  const { paging, items, id, total, totalPages, rateLimit, requests, scrub } = api;
  const findings = [
    ['paging', paging],
    ['items', items],
    ['id', id],
    ['total', total],
    ['pages', totalPages],
    ['rate limit', rateLimit],
  ] as const;
  const found = findings.flatMap(([what, finding]) =>
    finding === undefined
      ? []
      : [{ what, value: finding.value, certainty: finding.certainty, because: scrub(finding.because) }],
  );
  const { files, variables, left } = pluginFiles(api, { name, headers });
  const unknown = [
    ...api.unknown,
    ...left.map((parameter) => `how to send ${parameter} of the URL: the plugin sends one secret parameter, not two`),
  ];
  return { name, url: shownUrl(url), requests, found, unknown, variables, files };
}

/** The name that a source of this URL gets, unless it is told. Throws `config_invalid` for what is no name or no URL. */
export function discoveredName(url: string, told?: string): string {
  const name = told ?? nameFor(parseUrl(url));
  if (pluginName.test(name)) return name;
  throw new SluiceError(
    'config_invalid',
    `"${name}" is no name: lower-case letters, digits, "-" and "_", beginning with a letter or digit`,
  );
}

function parseUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:/i.test(text)) {
    const url = new URL(text);
    const references = [...url.searchParams.values()].some(hasReference);
    if (url.username === '' && url.password === '' && !references) return url;
    if (references) {
      throw new SluiceError(
        'config_invalid',
        'the URL holds a ${NAME}, which only a header may\n  let the shell put it in: write the URL in double quotes',
      );
    }
    throw new SluiceError('config_invalid', 'the URL holds a user or a password: give them as a header instead');
  }
  throw new SluiceError('config_invalid', `"${text.slice(0, 200)}" is no http or https URL`);
}

/** For people: without what looks like a secret. */
function shownUrl(url: URL): string {
  const query = [...url.searchParams].map(
    ([name, value]) => `${name}=${isSecretParameter(name, value) ? '***' : value}`,
  );
  return `${url.origin}${url.pathname}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

function parseHeader(line: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):\s*(.*)$/.exec(line) ?? [];
  if (name !== undefined && value !== undefined && value !== '') return [name.toLowerCase(), value];
  // It may hold a secret, so it is not repeated.
  throw new SluiceError('config_invalid', 'a header is written as "name: value"');
}

/** `https://api.shop.example.com/v1/items` is `shop`, and `http://localhost:3000/items` is `items`. */
function nameFor({ hostname, pathname }: URL): string {
  const label = hostname
    .split('.')
    .find((part) => !['www', 'api', 'com', 'org', 'net', 'io', 'dev', 'example'].includes(part));
  const numeric = /^[\d.]+$|:/.test(hostname) || hostname === 'localhost';
  const path = pathname.split('/').filter((part) => part !== '');
  const raw = (numeric ? path.at(-1) : label) ?? 'source';
  const name = raw
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .replace(/^[-_]+/, '');
  return name === '' ? 'source' : name.slice(0, 40);
}
