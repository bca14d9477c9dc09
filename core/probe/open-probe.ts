import { existsSync } from 'node:fs';
import type { ResolvedConfig, ResolvedSource } from '../config/resolved.ts';
import type { PageRead } from '../contracts/batch.ts';
import type { HttpRequest, HttpResponse } from '../contracts/http.ts';
import type { PageRequest } from '../contracts/page.ts';
import type { Services } from '../contracts/services.ts';
import { createContainer } from '../di/container.ts';
import { tokens } from '../di/tokens.ts';
import { classify, SluiceError } from '../errors.ts';
import { decodeBody } from '../processing/decode-body.ts';
import { readItems } from '../processing/read-items.ts';
import { redactUrl } from '../redact.ts';
import { createFetchedPage } from '../run/fetched-page.ts';
import { requestCost } from '../run/request-cost.ts';
import { resolveUrl } from '../run/worklist.ts';
import { takeLock } from '../state/lock.ts';
import { createPatience } from './patience.ts';

/** One page, fetched and processed as a run would. */
export interface ProbedPage {
  readonly request: PageRequest;
  /** The raw items, in the order of the page. */
  readonly items: readonly unknown[];
  /** What a worker made of it. */
  readonly page: PageRead;
  readonly headers: HttpResponse['headers'];
  /** What the pager asks for along with it: there is something only for the first page. */
  readonly beside: readonly PageRequest[];
  /** What the pager asks for next. */
  readonly next: readonly PageRequest[];
  /** Milliseconds that the upstream took for the answer, from when the request was sent: a run connects once, not for each. */
  readonly latencyMs: number;
}

/** Asks sources of a config for single pages, through their real chains and a real worker. It never writes to a sink. */
export interface Probe {
  /**
   * Asks for one page: `request`, or the first that the source's pager asks for. Throws a `SluiceError` for a page that
   * can't be had or read, `rate_limited` where the upstream asks for a long pause, and the signal's reason.
   */
  ask(source: ResolvedSource, signal: AbortSignal, request?: PageRequest): Promise<ProbedPage>;
  /** What a worker makes of one raw item, on its own. Throws `worker_failed`. */
  process(source: ResolvedSource, item: unknown): Promise<PageRead>;
  close(): Promise<void>;
}

/** Tries after the first: somebody waits for the answer, and an upstream that is down is to be told of soon. */
const probeRetries = 1;
/** Worker threads: there is one page at a time, and a plugin that hangs must not hang the command. */
const probeThreads = 1;

/**
 * Opens a probe. Nothing is written but, where the config's state folder is there already, the note of each request: the
 * rate limit then holds for the run that follows. Throws `state_locked` where a run is under way: its limit is its own.
 */
export async function openProbe(config: ResolvedConfig, services: Services): Promise<Probe> {
  const kept = keepsNotes(config) ? config.state : undefined;
  const lock = kept === undefined ? undefined : await takeLock(kept.dir);
  try {
    return await probeOver({ ...humbled(config), state: kept }, services, async () => lock?.release());
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** Whether there is a folder for notes, and an upstream that counts what it is sent. */
function keepsNotes({ state, sources }: ResolvedConfig): boolean {
  return state !== undefined && existsSync(state.dir) && sources.some(({ identity }) => identity === undefined);
}

function humbled(config: ResolvedConfig): ResolvedConfig {
  const { workers, sources } = config;
  return {
    ...config,
    workers: { ...workers, threads: Math.min(workers.threads, probeThreads) },
    sources: sources.map((source) => {
      const retries = Math.min(source.retry.retries, probeRetries);
      return { ...source, retry: { ...source.retry, retries } };
    }),
  };
}

async function probeOver(config: ResolvedConfig, services: Services, release: () => Promise<void>): Promise<Probe> {
  const container = await createContainer(config, services);
  const clock = container.resolve(tokens.clock);
  const processor = container.resolve(tokens.processor);
  const createClient = container.resolve(tokens.clients);
  const clients = new Map<string, ReturnType<typeof createClient>>();
  const latency = new Map<string, number>();
  const sentAt = new Map<string, number>();
  const patience = createPatience(clock);
  const events = container.resolve(tokens.events);
  events.on(patience.listen);
  events.on((event) => {
    if (event.type !== 'attempt') return;
    // A transport may tell no phases: then the whole attempt is all that is known.
    latency.set(event.source, clock.now() - (sentAt.get(event.source) ?? clock.now() - event.ms));
  });

  function clientOf(source: ResolvedSource): ReturnType<typeof createClient> {
    const client = clients.get(source.name) ?? createClient(source);
    clients.set(source.name, client);
    return client;
  }

  return {
    async ask(source, signal, wanted) {
      const { name, plugin, baseUrl } = source;
      const [request, ...beside] = wanted === undefined ? firstOf(source) : [wanted];
      const { key, method = 'GET', headers = {}, body } = request;
      const url = resolveUrl(baseUrl, request.url);
      if (url.origin !== new URL(baseUrl).origin) {
        throw new SluiceError('cross_origin', `the page is at another origin, ${url.origin}`);
      }
      const asked: Omit<HttpRequest, 'signal'> = {
        key,
        url,
        method,
        headers,
        body,
        attempt: 1,
        cost: requestCost(plugin, request),
        onPhase(phase) {
          if (phase === 'sent') sentAt.set(name, clock.now());
        },
      };
      const response = await patience.with(name, signal, (patient) =>
        clientOf(source).handle({ ...asked, signal: patient }),
      );
      const input = {
        source: name,
        bytes: response.body,
        contentType: response.headers['content-type'] ?? '',
        processedAt: new Date(clock.date()).toISOString(),
      };
      const where = { status: response.status, url: redactUrl(response.url) };
      const told = { request, beside, headers: response.headers, latencyMs: latency.get(name) ?? 0 };
      // A response rule has settled the page: it is as if it held an empty list.
      const settled = response.action !== undefined;
      const verdict = await processor.process(settled ? { ...input, bytes: emptyList, bare: true } : input);
      signal.throwIfAborted();
      if (!verdict.ok) throw new SluiceError(verdict.code, verdict.message, where);
      const page = createFetchedPage(plugin, request, response);
      page.counted(verdict.items);
      const next = response.action === 'end-of-pages' ? [] : pagerNext(() => plugin.pagination.next(page));
      return { ...told, page: verdict, items: settled ? [] : itemsOf(source, input), next };
    },
    async process({ name }, item) {
      const bytes = new Uint8Array(Buffer.from(JSON.stringify([item])));
      const processedAt = new Date(clock.date()).toISOString();
      const verdict = await processor.process({ source: name, bytes, contentType: '', processedAt, bare: true });
      if (!verdict.ok) throw new SluiceError(verdict.code, verdict.message);
      return verdict;
    },
    async close() {
      await Promise.allSettled([...[...clients.values()].map((client) => client.close()), processor.close()]);
      await release();
    },
  };
}

const emptyList = new Uint8Array(Buffer.from('[]'));

function firstOf({ name, plugin }: ResolvedSource): readonly [PageRequest, ...PageRequest[]] {
  const [first, ...beside] = pagerNext(() => plugin.pagination.first());
  if (first === undefined) throw new SluiceError('plugin_invalid', `the pager of ${name} asks for no first page`);
  return [first, ...beside];
}

function pagerNext(ask: () => readonly PageRequest[]): readonly PageRequest[] {
  try {
    return ask();
  } catch (thrown) {
    const { code, message } = classify(thrown);
    if (code !== 'internal_error') throw thrown;
    throw new SluiceError('plugin_invalid', `the pager failed: ${message}`, { cause: thrown });
  }
}

function itemsOf(
  { plugin }: ResolvedSource,
  { bytes, contentType }: { readonly bytes: Uint8Array<ArrayBuffer>; readonly contentType: string },
): readonly unknown[] {
  const decoded = decodeBody(bytes, contentType);
  const items = decoded.ok ? readItems(decoded.body, plugin) : [];
  return 'code' in items ? [] : items;
}
