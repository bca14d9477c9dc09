import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** One answer of a real upstream's own program, as it came. */
export interface RecordedPage {
  readonly page: number;
  /** Path and query, as they were asked for. */
  readonly target: string;
  readonly origin: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

const folder = new URL('../../../shared/upstream/recorded/', import.meta.url);

/** Recorded pages stand beside the checkout, not in it: where they are missing, what compares with them is skipped. */
export const recordingsMissing = !existsSync(folder);

/** The folder of one API's pages. */
export const recordedFolder = (api: string): URL => new URL(api, folder);

/** The recorded pages of one API in order; the last is the one past the end. */
export function recordedPages(api: string): readonly RecordedPage[] {
  if (recordingsMissing) return [];
  const numbers = readdirSync(new URL(`${api}/`, folder)).flatMap((name) => /^page-(\d+)\.json$/.exec(name)?.[1] ?? []);
  return numbers
    .map(Number)
    .toSorted((a, b) => a - b)
    .map((page) => {
      const read = (end: string): string => readFileSync(new URL(`${api}/page-${page}${end}`, folder), 'utf8');
      const { url, status, headers } = JSON.parse(read('.headers.json')) as Omit<RecordedPage, 'page'> & {
        url: string;
      };
      const { origin, pathname, search } = new URL(url);
      return { page, target: pathname + search, origin, status, headers, text: read('.json') };
    });
}

/** Headers that only a browser heeds: the embedded upstreams do without them. */
const forBrowsers =
  /^(content-security-policy|cross-origin-.*|origin-agent-cluster|referrer-policy|strict-transport-security|x-(content-type-options|dns-prefetch-control|download-options|frame-options|permitted-cross-domain-policies|xss-protection))$/;

/** Names of the headers that a client can see a difference by. */
export function relevantHeaders(headers: Iterable<readonly [string, string]>): string[] {
  return [...headers]
    .map(([name]) => name)
    .filter((name) => !forBrowsers.test(name))
    .toSorted();
}

/** Dotted path → types found there, and whether every object on the way had it. */
export function shapeOf(items: readonly unknown[]): Record<string, string> {
  const seen = new Map<string, { types: Set<string>; parents: number; times: number }>();
  const visit = (values: readonly unknown[], path: string): void => {
    const objects = values.filter((value): value is Record<string, unknown> => typeOf(value) === 'object');
    for (const key of new Set(objects.flatMap(Object.keys))) {
      const found = objects.filter((object) => key in object).map((object) => object[key]);
      const name = `${path}${key}`;
      const types = new Set(found.map(typeOf));
      // Whole numbers are a kind of their own only where there is nothing else.
      if (types.has('number')) types.delete('integer');
      seen.set(name, { types, parents: objects.length, times: found.length });
      visit(found.flat(), `${name}.`);
      const elements = found.filter(Array.isArray).flat();
      if (elements.length > 0) seen.set(`${name}[]`, { types: new Set(elements.map(typeOf)), parents: 1, times: 1 });
    }
  };
  visit(items, '');
  return Object.fromEntries(
    [...seen].map(([name, { types, parents, times }]) => [
      name,
      [...types].toSorted().join('|') + (times < parents ? '?' : ''),
    ]),
  );
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
