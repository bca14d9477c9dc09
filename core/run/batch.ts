import type { Batch, PageRead } from '../contracts/batch.ts';
import type { UnifiedRecord } from '../contracts/model.ts';

/** The records of an accepted page as a batch; parsed into objects only where a sink asks for them. */
export function createBatch(source: string, pageKey: string, page: PageRead): Batch {
  let parsed: readonly UnifiedRecord[] | undefined;
  return {
    source,
    pageKey,
    count: page.count,
    ndjson: page.ndjson,
    records() {
      parsed ??= parseLines(page.ndjson);
      return parsed;
    },
  };
}

function parseLines(ndjson: Uint8Array): UnifiedRecord[] {
  const lines = new TextDecoder().decode(ndjson).split('\n');
  lines.pop();
  // The lines are our own output: each is one object.
  return lines.map((line) => JSON.parse(line) as UnifiedRecord);
}
