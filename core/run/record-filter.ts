import type { Batch } from '../contracts/batch.ts';
import type { UnifiedRecord } from '../contracts/model.ts';
import type { FieldMatch, RecordFilter } from '../contracts/sink-route.ts';
import { SluiceError } from '../errors.ts';

const newline = 10;

/**
 * Makes the function that takes out of a batch what a sink is not meant to get; the bytes of the lines that stay are as they
 * were. It throws `sink_failed` where a function of the config throws, or returns anything but true or false.
 */
export function createRecordFilter(filter: RecordFilter): (batch: Batch) => Batch {
  const passes = typeof filter === 'function' ? checked(filter) : matcher(filter);
  return (batch) => {
    const kept: number[] = [];
    const records = batch.records();
    for (const [index, record] of records.entries()) if (passes(record)) kept.push(index);
    return kept.length === batch.count ? batch : subset(batch, kept);
  };
}

function checked(filter: (record: UnifiedRecord) => unknown): (record: UnifiedRecord) => boolean {
  return (record) => {
    let passed: unknown;
    try {
      passed = filter(record);
    } catch (cause) {
      throw new SluiceError('sink_failed', `the filter of the sink threw for the record ${record.id}`, { cause });
    }
    // A promise would let everything through.
    if (typeof passed === 'boolean') return passed;
    const found = passed instanceof Promise ? 'a promise' : typeof passed;
    const problem = `the filter of the sink must return true or false, and returned ${found}`;
    throw new SluiceError('sink_failed', `${problem} for the record ${record.id}`);
  };
}

function matcher(match: FieldMatch): (record: UnifiedRecord) => boolean {
  const fields = Object.entries(match).map(
    ([field, wanted]) => [field, new Set<unknown>(Array.isArray(wanted) ? wanted : [wanted])] as const,
  );
  return (record) => fields.every(([field, wanted]) => wanted.has(record[field] ?? null));
}

/** The lines of a batch at these places. */
function subset(batch: Batch, kept: readonly number[]): Batch {
  const { ndjson } = batch;
  const lines = Buffer.from(ndjson.buffer, ndjson.byteOffset, ndjson.byteLength);
  const wanted = new Set(kept);
  const bytes = new Uint8Array(ndjson.byteLength);
  let to = 0;
  for (let index = 0, from = 0; from < lines.length; index++) {
    const end = lines.indexOf(newline, from) + 1;
    if (wanted.has(index)) {
      bytes.set(ndjson.subarray(from, end), to);
      to += end - from;
    }
    from = end;
  }
  let records: readonly UnifiedRecord[] | undefined;
  return {
    ...batch,
    count: kept.length,
    ndjson: bytes.subarray(0, to),
    records: () => (records ??= batch.records().filter((_, index) => wanted.has(index))),
  };
}
