import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

/** Bytes of a batch: what a page of about 80 records becomes. */
const batchBytes = 32 * 1024;
/** Bytes that are read at a time. */
const pieceBytes = 2 * 1024 * 1024;
const blank = 'The quick brown fox jumps over the lazy dog, and looks back at it once more. ';

/** Writes so many products as lines of JSON, about 400 bytes each, as a run would hand them to a sink. */
export async function writeRecords(path, count) {
  const file = createWriteStream(path, { highWaterMark: 1024 * 1024 });
  for (let from = 0; from < count; from += 1000) {
    const text = Array.from({ length: Math.min(1000, count - from) }, (_, index) => lineOf(from + index)).join('');
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

function lineOf(number) {
  const record = {
    id: `dummyjson:${number}`,
    source: 'dummyjson',
    source_id: String(number),
    title: `Product ${number}`,
    price: (number % 100_000) / 100,
    currency: null,
    category: `category-${number % 40}`,
    brand: number % 3 === 0 ? null : `Brand ${number % 500}`,
    rating: (number % 500) / 100,
    description: blank,
    image: `https://cdn.dummyjson.com/product-images/${number}/thumbnail.webp`,
    url: null,
    processed_at: new Date(1_767_225_600_000 + number).toISOString(),
  };
  return `${JSON.stringify(record)}\n`;
}

function countLines(bytes) {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** Reads the file as batches of whole lines, in pieces large enough to take little of what is measured. */
export async function* readBatches(path) {
  const handle = await open(path);
  const piece = Buffer.allocUnsafe(pieceBytes);
  try {
    let kept = 0;
    for (;;) {
      const { bytesRead } = await handle.read(piece, kept, pieceBytes - kept);
      if (bytesRead === 0) return;
      const filled = piece.subarray(0, kept + bytesRead);
      const end = filled.lastIndexOf(10) + 1;
      for (let from = 0; from < end;) {
        const to = Math.min(filled.lastIndexOf(10, from + batchBytes) + 1 || end, end);
        // An array of its own, as a batch of a run is.
        const ndjson = new Uint8Array(filled.subarray(from, to));
        yield { source: 'dummyjson', pageKey: 'page', count: countLines(ndjson), ndjson };
        from = to;
      }
      kept = filled.length - end;
      piece.copy(piece, 0, end, filled.length);
    }
  } finally {
    await handle.close();
  }
}
