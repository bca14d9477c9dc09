import { resolveConfig } from '../../core/config/resolve.ts';
import type { PipelineConfig, SourceEntry } from '../../core/config/define-config.ts';
import type { ResolvedConfig } from '../../core/config/resolved.ts';
import type { HttpRequest, HttpResponse, TransportFactory } from '../../core/contracts/http.ts';
import type { Services } from '../../core/contracts/services.ts';
import type { SourcePlugin } from '../../core/contracts/source.ts';
import { SluiceError } from '../../core/errors.ts';
import { defineNormalizer, defineSource, offsetPagination } from '../../core/plugin.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { silentLogger } from './silent-logger.ts';

/** What an upstream answers: a body as JSON, a text as it is, a status with nothing in it, or the head of a `Response`. */
export type Answer = (request: HttpRequest) => unknown;

const latencyMs = 50;

/** A source over a listing with its total in the body, changed as a test needs it. */
export function listed(name: string, change: Partial<SourcePlugin> = {}): SourcePlugin {
  return defineSource({
    name,
    baseUrl: `http://${name}.test`,
    rateLimit: { requests: 5, perMs: 1000 },
    pagination: offsetPagination({ path: '/items', limit: 20, total: (body) => body['total'] }),
    items: (body) => body['items'],
    normalizer: defineNormalizer({
      normalize: ({ id, name: title, cents }: { id: number; name: string; cents: number }) => {
        return { id, title, price: cents / 100, category: 'all' };
      },
    }),
    ...change,
  });
}

/** The page of a listing of `size` items that a request asks for. */
export function page(
  request: HttpRequest,
  size: number,
): { readonly items: readonly object[]; readonly total: number } {
  const offset = Number(request.url.searchParams.get('offset'));
  const items = Array.from({ length: Math.max(0, Math.min(20, size - offset)) }, (_, index) => {
    return { id: offset + index + 1, name: `Item ${offset + index + 1}`, cents: 250 };
  });
  return { items, total: size };
}

/** Milliseconds to a connected socket; the others are connected to at once. */
const connectMs: Readonly<Record<string, number>> = { 'far.test': 200 };

/** A config over upstreams that answer by `answers`, by host, each 50 ms after it was asked on a clock of its own. */
export async function probed(
  sources: readonly (SourcePlugin | SourceEntry)[],
  answers: Readonly<Record<string, Answer>>,
  change: Partial<PipelineConfig> = {},
  baseDir = '/nowhere',
) {
  const clock: FakeClock = fakeClock();
  const asked: string[] = [];
  const transport: TransportFactory = () => ({
    async handle(request) {
      const connecting = connectMs[request.url.host];
      if (connecting !== undefined) await new Promise<void>((resolve) => void clock.timer(connecting, resolve));
      request.onPhase?.('sent');
      asked.push(`${request.url.host}${request.url.pathname}${request.url.search}`);
      await new Promise<void>((resolve) => void clock.timer(latencyMs, resolve));
      request.signal.throwIfAborted();
      return responseOf(answers[request.url.hostname.replace('.test', '')]?.(request), request);
    },
    close: async () => {},
  });
  const config: ResolvedConfig = await resolveConfig(
    { sources, sinks: ['stdout'], workers: { threads: 0 }, ...change },
    { env: {}, baseDir },
  );
  const services: Services = { clock, transport, random: () => 0.5, logger: silentLogger };
  return { config, services, clock, asked };
}

/**
 * Moves the clock while `work` waits for it, or for the disk and for modules, which know nothing of that clock: from timer
 * to timer or, where a timeout must not ring while the disk works, by `stepMs`.
 */
export async function drive<T>(clock: FakeClock, work: Promise<T>, stepMs?: number): Promise<T> {
  const ended = work.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([ended, new Promise<false>((resolve) => setTimeout(resolve, 1, false))]))) {
    if (stepMs === undefined) await clock.next();
    else await clock.advance(stepMs);
  }
  return work;
}

function responseOf(answer: unknown, { url }: HttpRequest): HttpResponse {
  if (answer instanceof Error) throw answer;
  if (answer === undefined) throw new SluiceError('network_error', 'ECONNREFUSED: nobody there', { retryable: true });
  if (answer instanceof Response) {
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      url: url.href,
      body: new Uint8Array(),
    };
  }
  const status = typeof answer === 'number' ? answer : 200;
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const body = new Uint8Array(Buffer.from(text));
  return { status, headers: { 'content-type': 'application/json' }, url: url.href, body };
}
