import type { Batch } from '../../../../core/engine.ts';

const newline = 10;

/** Whole lines of a part as a batch; parsed into objects only where the sink asks for them. */
export function createLinesBatch(source: string, ndjson: Uint8Array<ArrayBuffer>): Batch {
  let count = 0;
  for (let at = ndjson.indexOf(newline); at >= 0; at = ndjson.indexOf(newline, at + 1)) count += 1;
  let parsed: ReturnType<Batch['records']> | undefined;
  return {
    source,
    pageKey: 'part',
    count,
    ndjson,
    records: () => (parsed ??= parseLines(ndjson)),
  };
}

function parseLines(ndjson: Uint8Array): ReturnType<Batch['records']> {
  const lines = new TextDecoder().decode(ndjson).split('\n');
  lines.pop();
  // The lines are our own output: each is one object.
  return lines.map((line) => JSON.parse(line) as ReturnType<Batch['records']>[number]);
}
