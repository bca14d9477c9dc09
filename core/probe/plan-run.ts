import type { ResolvedConfig, ResolvedSource } from '../config/resolved.ts';
import type { RateLimit } from '../contracts/source.ts';
import type { Services } from '../contracts/services.ts';
import { classify } from '../errors.ts';
import { limitText } from '../http/least-time.ts';
import { cleanText, createRedactor } from '../redact.ts';
import { type Bound, estimate } from './estimate.ts';
import { openProbe, type Probe } from './open-probe.ts';
import { countPages, type PageCount } from './page-count.ts';

/** What a run of one source will take, as far as its first page tells. */
export interface PlannedSource {
  readonly source: string;
  readonly pagination: string;
  /** All of them hold at once. */
  readonly rate_limits: readonly RateLimit[];
  /** Sources of the same group share them. */
  readonly limit_group: string | null;
  /** The limits for people, such as `5/s and 100/min`. */
  readonly limit: string;
  readonly concurrency: number;
  /** Listings that hang from its items: they are asked for too, and are in no figure. */
  readonly children: readonly string[];
  /** Null where the upstream tells no total: its size is unknown until its last page. */
  readonly pages: number | null;
  /** Pages are cut off at the source's `maxPages`. */
  readonly capped: boolean;
  /** Items in all, where they are declared. */
  readonly items: number | null;
  /** Requests without retries; null where the size is unknown. */
  readonly requests: number | null;
  /** Of the one request that was made. */
  readonly latency_ms: number | null;
  /** Whether each page has to be there before the next can be asked for. */
  readonly sequential: boolean | null;
  /** Null where the size is unknown. */
  readonly least_ms: number | null;
  /** What keeps it from being faster; null where that is unknown. */
  readonly bound: Bound | null;
  /** Why the source could not be asked. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What a run will take. */
export interface RunForecast {
  readonly sources: readonly PlannedSource[];
  readonly run: {
    /** Pages, requests and time of the sources that are known; sources run at once, so the slowest is the time. */
    readonly pages: number;
    readonly requests: number;
    readonly least_ms: number;
    /** False: at least one source is of unknown size, has children or could not be asked, so that the figures are lower bounds. */
    readonly whole: boolean;
    /** The source that takes longest. */
    readonly slowest: string | null;
    readonly deadline_ms: number | null;
  };
}

/** Asks every source for its first page, all at once, and works out what a run will take. Throws as `openProbe` does. */
export async function planRun(config: ResolvedConfig, services: Services, signal: AbortSignal): Promise<RunForecast> {
  const redact = createRedactor(config.secrets);
  const clean = (text: string): string => cleanText(redact(text));
  const probe = await openProbe(config, services);
  try {
    const surveys = await Promise.all(config.sources.map((source) => survey(probe, source, signal, clean)));
    signal.throwIfAborted();
    const sources = surveys.map((each) => planSource(each, surveys));
    return { sources, run: addUp(sources, config) };
  } finally {
    await probe.close();
  }
}

/** What one request has told of a source. */
interface Survey {
  readonly source: ResolvedSource;
  readonly count?: PageCount;
  readonly latencyMs?: number;
  /** Places of the limit that its pages take. */
  readonly places: number;
  readonly error?: { readonly code: string; readonly message: string };
}

async function survey(
  probe: Probe,
  source: ResolvedSource,
  signal: AbortSignal,
  clean: (text: string) => string,
): Promise<Survey> {
  const { plugin, maxPages } = source;
  try {
    const probed = await probe.ask(source, signal);
    // One more than may be: whether pages are cut off has to show.
    const count = countPages(plugin, probed, maxPages + 1);
    const cost = plugin.cost?.(probed.request) ?? 1;
    return { source, count, latencyMs: probed.latencyMs, places: Math.min(count.pages ?? 1, maxPages) * cost };
  } catch (thrown) {
    const { code, message } = classify(thrown);
    return { source, places: 0, error: { code, message: clean(message) } };
  }
}

function planSource({ source, count, latencyMs, places, error }: Survey, all: readonly Survey[]): PlannedSource {
  const { name, plugin, rateLimits, limitGroup, concurrency, maxPages } = source;
  const blank: PlannedSource = {
    source: name,
    pagination: plugin.pagination.style ?? 'custom',
    rate_limits: rateLimits,
    limit_group: limitGroup ?? null,
    limit: rateLimits.map(limitText).join(' and '),
    concurrency,
    children: plugin.children?.map((child) => child.name) ?? [],
    pages: null,
    capped: false,
    items: null,
    requests: null,
    latency_ms: null,
    sequential: null,
    least_ms: null,
    bound: null,
    error: error ?? null,
  };
  if (count === undefined || latencyMs === undefined) return blank;
  const { pages, items, sequential } = count;
  const told = { ...blank, items: items ?? null, latency_ms: Math.round(latencyMs), sequential };
  if (pages === undefined) return told;
  const asked = Math.min(pages, maxPages);
  // Who shares a limit waits for the requests of the others, too.
  const sharing = limitGroup === undefined ? [] : all.filter((other) => other.source.limitGroup === limitGroup);
  const together = sharing.reduce((sum, other) => sum + other.places, sharing.length === 0 ? places : 0);
  const { lookahead = 0 } = plugin.pagination;
  const work = { pages: asked, places: together, sequential, latencyMs, lookahead };
  const { leastMs, bound } = estimate(work, source);
  return { ...told, pages: asked, capped: pages > maxPages, requests: asked, least_ms: Math.round(leastMs), bound };
}

function addUp(sources: readonly PlannedSource[], { deadlineMs }: ResolvedConfig): RunForecast['run'] {
  const known = sources.filter(({ pages }) => pages !== null);
  const sum = (of: (source: PlannedSource) => number | null): number =>
    known.reduce((all, source) => all + (of(source) ?? 0), 0);
  const [slowest] = known.toSorted((a, b) => (b.least_ms ?? 0) - (a.least_ms ?? 0));
  return {
    pages: sum(({ pages }) => pages),
    requests: sum(({ requests }) => requests),
    least_ms: slowest?.least_ms ?? 0,
    whole: sources.every(({ pages, children }) => pages !== null && children.length === 0),
    slowest: slowest?.source ?? null,
    deadline_ms: deadlineMs ?? null,
  };
}
