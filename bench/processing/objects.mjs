import { join } from 'node:path';
import { Tinypool } from 'tinypool';

/** What is written without a second thought: parse, hand the items of a page to a pool, get records back, write. */
export function createObjectProcessor(threads) {
  const pool = new Tinypool({
    filename: join(import.meta.dirname, 'objects-worker.mjs'),
    name: 'makeRecords',
    minThreads: threads,
    maxThreads: threads,
  });
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  return {
    async process(bytes) {
      const { products } = JSON.parse(decoder.decode(bytes));
      const { records } = await pool.run(products);
      encoder.encode(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      return records.length;
    },
    close: () => pool.destroy(),
  };
}
