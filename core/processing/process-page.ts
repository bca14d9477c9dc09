/** What a worker does with a page: pure, the same in a thread and on the main thread. */
import type { PageUnreadable, PageVerdict } from '../contracts/batch.ts';
import type { ChildOf } from '../contracts/child.ts';
import type { CursorValue } from '../contracts/incremental.ts';
import type { Model } from '../contracts/model.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { cursorOf, later } from '../incremental/cursor.ts';
import { flatSteps } from '../normalizing/flat-steps.ts';
import { SluiceError } from '../errors.ts';
import type { RecordChecks } from '../quality/record-checks.ts';
import { createEnrichment, type EnrichmentOptions } from './enrichment.ts';
import { decodeBody, type BodyFault } from './decode-body.ts';
import type { Hasher } from './hash.ts';
import { none } from './in-hand.ts';
import type { EncodeLines } from './line-room.ts';
import { makeItem, type Part } from './make-item.ts';
import { createPageContent } from './page-content.ts';
import type { SuspectPage } from './protocol.ts';
import { readParents } from './read-parents.ts';
import { readBareItems, readItems, readTotal } from './read-items.ts';
import { resourceOf } from './resource.ts';

/** What processing a page needs beside the page. */
export interface PageTools {
  readonly source: SourcePlugin;
  readonly model: Model;
  readonly hash: Hasher;
  /** The config's rules on the records of this source; undefined for none. */
  readonly checks?: RecordChecks | undefined;
  /** Where the lines go. Default: bytes of their own for each page. */
  readonly encode?: EncodeLines | undefined;
}

/**
 * Decodes a page, and normalises, checks, measures and encodes its items. Whatever the page holds is data, a
 * body that can't be read as well as items that can't; duplicates are not looked for, only hashed, because no
 * thread sees all pages. `inHand` is told the index of each item before it is looked at, and `none` after the last.
 * Throws `plugin_invalid` for a schema that answers with a promise.
 */
export function processPage(page: SuspectPage, tools: PageTools, inHand?: (item: number) => void): PageVerdict {
  const opened = openPage(page, tools);
  if ('ok' in opened) return opened;
  const { items, itemTools } = opened;
  for (const [index, item] of items.entries()) {
    inHand?.(index);
    opened.look(item);
    opened.take(page.poisoned?.get(index) ?? makeItem(item, itemTools), index, item);
  }
  inHand?.(none);
  return opened.close();
}

/** What items need that wait. */
export type Waits = Pick<EnrichmentOptions, 'ask' | 'inHand'>;

/** The same for a source with an enricher: its items wait side by side, and come out in their order all the same. */
export async function processWaitingPage(
  page: SuspectPage,
  tools: PageTools,
  { ask, inHand }: Waits,
): Promise<PageVerdict> {
  const opened = openPage(page, tools);
  if ('ok' in opened) return opened;
  const { items, itemTools } = opened;
  const enrichment = createEnrichment({ tools: itemTools, ask, inHand });
  const made = await Promise.all(
    items.map(async (item, index) => {
      opened.look(item);
      return page.poisoned?.get(index) ?? enrichment.make(item, index);
    }),
  );
  inHand(none);
  if (enrichment.stopped)
    throw new SluiceError('interrupted', 'the source was stopped while its records were enriched');
  made.forEach((parts, index) => opened.take(parts, index, items[index]));
  return opened.close();
}

/** What the two ways of processing have in common: how a page begins and ends. */
function openPage(page: SuspectPage, { source, model, hash, checks, encode }: PageTools) {
  const started = performance.now();
  const decoded = decodeBody(page.bytes, page.contentType);
  if (!decoded.ok) return unreadable(decoded, started);
  const resource = resourceOf(source, page.child);
  const items = page.bare === true ? readBareItems(decoded.body) : readItems(decoded.body, resource);
  if ('code' in items) return unreadable(items, started);
  const context = { source: page.source, processedAt: page.processedAt, ...contextOf(page.child) };
  const itemTools = { raw: resource.raw, steps: flatSteps(resource.normalizer), model, context, checks };
  const content = createPageContent({
    model,
    hash,
    length: items.length,
    known: page.known,
    keyNames: checks?.keyNames,
    encode,
  });
  const parents: ChildOf[] = [];
  // The cursor is that of the source's own items.
  const incremental = page.child === undefined ? source.incremental : undefined;
  let cursor: CursorValue | undefined;
  return {
    items,
    itemTools,
    look(item: unknown): void {
      if (incremental !== undefined) cursor = later(cursor, cursorOf(item, incremental), incremental.kind ?? 'iso');
    },
    take(made: Part | readonly Part[], index: number, item: unknown): void {
      if (resource.children === undefined || 'reason' in made) {
        content.add(made, index, item);
        return;
      }
      const hanging = readParents(item, resource.children);
      if ('reason' in hanging) content.add(hanging, index, item);
      else if (content.add(made, index, item)) parents.push(...hanging);
    },
    close: (): PageVerdict => ({
      ok: true,
      items: items.length,
      total: page.bare === true ? undefined : readTotal(decoded.body, resource),
      bytesHash: hash.bytes(page.bytes),
      ...(cursor !== undefined && { cursor }),
      ...content.build(),
      ...(parents.length > 0 && { parents }),
      processingMs: performance.now() - started,
    }),
  };
}

function contextOf(child: ChildOf | undefined) {
  return child === undefined ? undefined : { child: child.name, parent: child.parent };
}

function unreadable({ code, message }: BodyFault, started: number): PageUnreadable {
  return { ok: false, code, message, processingMs: performance.now() - started };
}
