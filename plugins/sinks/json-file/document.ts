import type { Batch, RunReport, SinkContext } from '../../../core/plugin.ts';
import { SluiceError } from '../../../core/plugin.ts';

const opening = '{\n"summary": ';
const products = ',\n"products": [';
const newline = 10;
const comma = 44;

/** Where the summary begins, in bytes from the start of the document. */
export const summaryAt = opening.length;

/** The document up to its first record, with blanks where the summary is going to stand: JSON allows white space. */
export function documentHead(context: Pick<SinkContext, 'runId' | 'sources'>): Uint8Array {
  return Buffer.from(opening + ' '.repeat(Buffer.byteLength(widestSummary(context))) + products);
}

/** The widest summary that a run can have: all that varies is numbers, and no number in JSON is wider than this one. */
function widestSummary({ runId, sources }: Pick<SinkContext, 'runId' | 'sources'>): string {
  const widest = -Number.MAX_VALUE;
  const summary: RunReport['summary'] = {
    run_id: runId,
    started_at: new Date(-8.64e15).toISOString(),
    total_products: widest,
    processing_time_seconds: widest,
    success_rate: widest,
    sources,
    partial: false,
  };
  return JSON.stringify(summary);
}

/**
 * The summary, to be written at `summaryAt`, with blanks up to the records: an earlier life of this run may have
 * written a wider one and been killed before the end. Throws `internal_error` where it would run into the records at
 * `head`.
 */
export function summaryBytes(report: RunReport, head: number): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(report.summary));
  const room = head - products.length - summaryAt;
  if (bytes.byteLength > room) {
    throw new SluiceError('internal_error', `the summary takes ${bytes.byteLength} bytes where ${room} were kept`);
  }
  return Buffer.alloc(room, ' ').fill(bytes, 0, bytes.byteLength);
}

/** The lines of a batch as elements of an array: each on its own line, with a comma before all but the very first. */
export function arrayElements(batch: Pick<Batch, 'ndjson' | 'count'>, first: boolean): Uint8Array {
  const lines = Buffer.from(batch.ndjson.buffer, batch.ndjson.byteOffset, batch.ndjson.byteLength);
  // One buffer a batch: each line's newline moves to its front, and a comma comes before it.
  const elements = Buffer.allocUnsafe(lines.length + batch.count - (first ? 1 : 0));
  let to = 0;
  for (let from = 0; from < lines.length;) {
    const end = lines.indexOf(newline, from);
    if (!first || from > 0) elements[to++] = comma;
    elements[to++] = newline;
    to += lines.copy(elements, to, from, end);
    from = end + 1;
  }
  return elements;
}

/** The document from behind its last record to its end. */
export function documentTail({ errors, metrics, monitoring }: RunReport): Uint8Array {
  const listed = errors.map((entry) => `\n${JSON.stringify(entry)}`).join(',');
  return Buffer.from(
    `\n],\n"errors": [${listed}\n],\n"metrics": ${JSON.stringify(metrics)},\n"monitoring": ${JSON.stringify(monitoring)}\n}\n`,
  );
}
