/** The answers to a task, as they cross from a thread: two buffers for all of its pages, instead of five for each. */
import type { Complete } from '../complete.ts';
import type { PageRead, PageUnreadable, PageVerdict } from '../contracts/batch.ts';

/** A page that was read; what is not here stands in the task's buffers, behind that of the page before it. */
export interface PackedPage extends Omit<PageRead, 'ndjson' | 'idHashes' | 'metrics'> {
  readonly groups: readonly string[];
  /** Bytes of its lines. */
  readonly length: number;
}

/** Answers in the order of the task's pages. */
export interface PackedReplies {
  readonly replies: readonly (PackedPage | PageUnreadable)[];
  /** The lines of all pages. */
  readonly lines: ArrayBuffer;
  /** For each page, by record: hashes of the ids, values, indexes of the groups. */
  readonly columns: ArrayBuffer;
}

/** Bytes that a record takes in the columns: two of 8, one of 4; a page's are filled up to a multiple of 8. */
function columnBytes(records: number): number {
  return Math.ceil((records * 20) / 8) * 8;
}

/** Copies what the pages hold side by side: a transfer for each would cost more than the copy. */
export function packReplies(verdicts: readonly PageVerdict[]): PackedReplies {
  let lineBytes = 0;
  let bytes = 0;
  for (const verdict of verdicts) {
    if (!verdict.ok) continue;
    lineBytes += verdict.ndjson.byteLength;
    bytes += columnBytes(verdict.count);
  }
  const lines = new Uint8Array(lineBytes);
  const columns = new ArrayBuffer(bytes);
  let lineAt = 0;
  let columnAt = 0;
  const replies = verdicts.map((verdict): PackedPage | PageUnreadable => {
    if (!verdict.ok) return verdict;
    const { ndjson, idHashes, metrics, ...rest } = verdict;
    lines.set(ndjson, lineAt);
    lineAt += ndjson.byteLength;
    const page = columnsOf(columns, columnAt, verdict.count);
    page.idHashes.set(idHashes);
    page.values.set(metrics.values);
    page.groupOf.set(metrics.groupOf);
    columnAt += columnBytes(verdict.count);
    return { ...rest, groups: metrics.groups, length: ndjson.byteLength };
  });
  return { replies, lines: lines.buffer, columns };
}

/** Gives each page what is its own of the buffers: views, not copies. */
export function unpackReplies({ replies, lines, columns }: PackedReplies): PageVerdict[] {
  let lineAt = 0;
  let columnAt = 0;
  return replies.map((reply): PageVerdict => {
    if (!reply.ok) return reply;
    const ndjson = new Uint8Array(lines, lineAt, reply.length);
    lineAt += reply.length;
    const { idHashes, values, groupOf } = columnsOf(columns, columnAt, reply.count);
    columnAt += columnBytes(reply.count);
    // One by one: every page is read all over the main thread, and rest and spread would leave each with a shape of its own.
    return {
      ok: true,
      items: reply.items,
      split: reply.split,
      total: reply.total,
      bytesHash: reply.bytesHash,
      count: reply.count,
      ndjson,
      idHashes,
      cursor: reply.cursor,
      metrics: { groups: reply.groups, groupOf, values },
      rejects: reply.rejects,
      parents: reply.parents,
      skipped: reply.skipped,
      drops: reply.drops,
      quality: reply.quality,
      categories: reply.categories,
      keys: reply.keys,
      processingMs: reply.processingMs,
    } satisfies Complete<PageRead>;
  });
}

function columnsOf(columns: ArrayBuffer, at: number, records: number) {
  return {
    idHashes: new BigUint64Array(columns, at, records),
    values: new Float64Array(columns, at + records * 8, records),
    groupOf: new Uint32Array(columns, at + records * 16, records),
  };
}
