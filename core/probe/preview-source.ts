import type { ResolvedConfig, ResolvedSource } from '../config/resolved.ts';
import type { PageRequest } from '../contracts/page.ts';
import type { Services } from '../contracts/services.ts';
import { classify, SluiceError } from '../errors.ts';
import { cleanText, createSecretMask } from '../redact.ts';
import { notKnown } from '../config/issues.ts';
import { openProbe, type Probe } from './open-probe.ts';

/** One raw item, and what the source makes of it. */
export interface PreviewedItem {
  /** Key of its page. */
  readonly page: string;
  /** Place within the page, from 0. */
  readonly index: number;
  /** The item as it came. */
  readonly raw: unknown;
  /** The records that it becomes: one, several where the normalizer splits it, or none. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** Why it, or a part of it, became no record. */
  readonly rejects: readonly { readonly reason: string; readonly field: string | null; readonly message: string }[];
  /** Reasons for which the normalizer dropped it, or a part of it. */
  readonly drops: readonly string[];
}

/** The first items of a source. */
export interface Preview {
  readonly source: string;
  readonly items: readonly PreviewedItem[];
  /** The source has no more items than these. */
  readonly complete: boolean;
  /** Why no further page could be had or read. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Most pages that are asked for, one after the other. */
const mostPages = 20;

/**
 * Shows the first `count` items of a source, raw and normalised; asks for as many pages as that takes, at most 20. Throws
 * `config_invalid` for a source that the config does not have, what `openProbe` throws, and the signal's reason. Secrets of the config are masked, wherever an upstream sends them back.
 */
export async function previewSource(
  config: ResolvedConfig,
  services: Services,
  signal: AbortSignal,
  { source: name, count }: { readonly source: string; readonly count: number },
): Promise<Preview> {
  const source = config.sources.find((each) => each.name === name);
  if (source === undefined) {
    const known = config.sources.map((each) => each.name);
    const { problem, hints } = notKnown('', 'source', name, known);
    throw new SluiceError('config_invalid', [problem, ...hints.map((hint) => `  ${hint}`)].join('\n'));
  }
  const probe = await openProbe({ ...config, sources: [source] }, services);
  try {
    return masked(await collect(probe, source, signal, count), config.secrets);
  } finally {
    await probe.close();
  }
}

async function collect(probe: Probe, source: ResolvedSource, signal: AbortSignal, count: number): Promise<Preview> {
  const items: PreviewedItem[] = [];
  try {
    return { source: source.name, items, complete: await gather(items, probe, source, signal, count), error: null };
  } catch (thrown) {
    signal.throwIfAborted();
    const { code, message } = classify(thrown);
    // What came before it is shown all the same.
    return { source: source.name, items, complete: false, error: { code, message: cleanText(message) } };
  }
}

/** Adds items until there are `count`, or no more. True where there are no more. */
async function gather(
  items: PreviewedItem[],
  probe: Probe,
  source: ResolvedSource,
  signal: AbortSignal,
  count: number,
): Promise<boolean> {
  // A pager with a total asks for all other pages after the first: they stand in line here as on a worklist.
  const waiting: PageRequest[] = [];
  let page = await probe.ask(source, signal);
  for (let pages = 1; ; pages++) {
    waiting.push(...page.beside, ...page.next);
    const taken = page.items.slice(0, count - items.length);
    for (const [index, raw] of taken.entries()) {
      // One at a time: so it is known which records are whose, also where an item becomes several, or none.
      const { ndjson, rejects, drops } = await probe.process(source, raw);
      signal.throwIfAborted();
      items.push({
        page: page.request.key,
        index,
        raw,
        records: linesOf(ndjson),
        rejects: rejects.map(({ reason, field, message }) => ({ reason, field: field ?? null, message })),
        drops: [...drops.keys()],
      });
    }
    const next = waiting.shift();
    const more = taken.length < page.items.length || next !== undefined;
    if (items.length >= count || next === undefined || pages >= mostPages) {
      return !more;
    }
    page = await probe.ask(source, signal, next);
  }
}

function linesOf(ndjson: Uint8Array): Readonly<Record<string, unknown>>[] {
  const lines = new TextDecoder().decode(ndjson).split('\n');
  lines.pop();
  // They are our own output: each is one object.
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** In every text of it, keys too: an upstream may echo what it was sent. */
function masked(preview: Preview, secrets: readonly string[]): Preview {
  const mask = createSecretMask(secrets);
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return mask(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [mask(key), walk(inner)]));
  };
  return walk(preview) as Preview;
}
