import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

/** Bytes of a batch: what a page of about 80 records becomes. */
const batchBytes = 32 * 1024;
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

/** Reads the file as batches of whole lines. */
export async function* readBatches(path) {
  const handle = await open(path);
  try {
    let rest = Buffer.alloc(0);
    for (;;) {
      const piece = Buffer.allocUnsafe(batchBytes);
      const { bytesRead } = await handle.read(piece, 0, batchBytes);
      if (bytesRead === 0) return;
      const all = Buffer.concat([rest, piece.subarray(0, bytesRead)]);
      const end = all.lastIndexOf(10) + 1;
      rest = all.subarray(end);
      if (end === 0) continue;
      // An array of its own, as a batch of a run is.
      const ndjson = new Uint8Array(all.subarray(0, end));
      yield { source: 'dummyjson', pageKey: 'page', count: countLines(all.subarray(0, end)), ndjson };
    }
  } finally {
    await handle.close();
  }
}
