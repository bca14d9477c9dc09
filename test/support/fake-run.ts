import { noPageMetrics } from '../../core/metrics/page-metrics.ts';
import { createHasher, type Hasher } from '../../core/processing/hash.ts';
import type { PageInput, PageProcessor, PageVerdict } from '../../core/contracts/batch.ts';
import type { RunEvent } from '../../core/contracts/events.ts';
import type { EnginePorts, PageOutcome, SourceClient, SourcePlan } from '../../core/contracts/engine.ts';
import type { HttpRequest, HttpResponse } from '../../core/contracts/http.ts';
import type { Pager } from '../../core/contracts/pager.ts';
import type { CircuitBreaker } from '../../core/contracts/resilience.ts';
import { untimed } from '../../core/contracts/stages.ts';
import { createNoJournal } from '../../core/state/no-journal.ts';
import { fakeClock } from './fake-clock.ts';

export const hasher: Hasher = await createHasher(42n);

/** What a fake upstream answers: a body, or an error to throw. */
export type Answer = (request: HttpRequest) => unknown;

/** A source whose items are `{ id }` objects, or bare ids, in a list. */
export function fakePlan(pagination: Pager, change: Partial<SourcePlan> = {}): SourcePlan {
  const rateLimit = { requests: 5, perMs: 1000 };
  return {
    name: 'fake',
    plugin: {
      name: 'fake',
      baseUrl: 'https://fake.test',
      rateLimit,
      pagination,
      normalizer: { normalize: (item: { id: number }) => ({ id: item.id }) },
    },
    baseUrl: 'https://fake.test',
    rateLimits: [rateLimit],
    concurrency: 4,
    maxPages: 1000,
    retry: { retries: 3 },
    ...change,
  };
}

/** Keeps nothing. */
export const noJournal = createNoJournal('run1');

export const openBreaker: CircuitBreaker = {
  state: 'closed',
  lastFailure: undefined,
  era: 0,
  assertLets: () => undefined,
  ready: () => Promise.resolve(),
  execute: (attempt) => attempt(),
};

/** A client that asks `answer` and nobody else; a string or bytes go out as they are, the rest as JSON. */
export function fakeClient(answer: Answer, breaker = openBreaker): SourceClient & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    breaker,
    async handle(request): Promise<HttpResponse> {
      asked.push(request.url.pathname + request.url.search);
      request.signal.throwIfAborted();
      const body = await answer(request);
      if (isResponse(body)) return body;
      return response(body);
    },
    close: () => Promise.resolve(),
  };
}

export function response(body: unknown, headers: Record<string, string> = {}, attempts = 1): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = new Uint8Array(new TextEncoder().encode(text));
  return { status: 200, headers, url: 'https://fake.test/', body: bytes, attempts };
}

function isResponse(value: unknown): value is HttpResponse {
  return typeof value === 'object' && value !== null && 'body' in value && value.body instanceof Uint8Array;
}

/** Reads pages of `{ items: [{id}], total? }` or `[{id}]`, without a model: a record is its id. */
export function fakeProcessor(): PageProcessor & { readonly inputs: PageInput[] } {
  const inputs: PageInput[] = [];
  return {
    threads: 0,
    inputs,
    async process(input): Promise<PageVerdict> {
      inputs.push(input);
      await new Promise<void>((resolve) => setImmediate(resolve));
      return readFake(input);
    },
    close: () => Promise.resolve(),
  };
}

function readFake({ bytes, known, source }: PageInput): PageVerdict {
  const text = new TextDecoder().decode(bytes);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { ok: false, code: 'malformed_json', message: 'not JSON', processingMs: 0 };
  }
  const page = body as { id: number }[] | { items: { id: number }[]; total?: number };
  const items = Array.isArray(page) ? page : page.items;
  if (!Array.isArray(items)) {
    return { ok: false, code: 'unexpected_shape', message: 'the items are not a list', processingMs: 0 };
  }
  const ids = items.map((item) => `${source}:${item.id}`);
  const taken = new Set(known);
  const kept = known === undefined ? ids : ids.filter((id) => taken.size < taken.add(hasher.text(id)).size);
  const ndjson = new TextEncoder().encode(kept.map((id) => `${JSON.stringify({ id })}\n`).join(''));
  return {
    ok: true,
    items: items.length,
    split: 0,
    total: Array.isArray(page) ? undefined : page.total,
    bytesHash: hasher.bytes(bytes),
    count: kept.length,
    ndjson: new Uint8Array(ndjson),
    idHashes: BigUint64Array.from(kept, hasher.text),
    metrics: noPageMetrics(),
    rejects: [],
    skipped: items.length - kept.length,
    drops: new Map(),
    processingMs: 1,
  };
}

/** Ports over fakes, with everything that was emitted. */
export function fakePorts(
  client: SourceClient,
  processor: PageProcessor = fakeProcessor(),
): EnginePorts & { events: RunEvent[] } {
  const events: RunEvent[] = [];
  return {
    clients: () => client,
    processor,
    hash: hasher.text,
    clock: fakeClock(),
    stages: () => untimed,
    journal: noJournal.source,
    emit: (event) => void events.push(event),
    events,
  };
}

/** The ids of all delivered records, in the order of delivery. */
export function deliveredIds(outcomes: readonly PageOutcome[]): string[] {
  return outcomes.flatMap((outcome) =>
    outcome.kind === 'delivered' ? outcome.batch.records().map(({ id }) => id) : [],
  );
}

export function failures(outcomes: readonly PageOutcome[]): { code: string; pages: number }[] {
  return outcomes.flatMap((outcome) =>
    outcome.kind === 'failed' ? [{ code: outcome.error.code, pages: outcome.pages }] : [],
  );
}
