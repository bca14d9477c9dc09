/* oxlint-disable -- plain JavaScript, run as it stands in processes of its own: there are no types to check */
/**
 * One life of a run into the duckdb sink: `node spool-life.mjs FOLDER PAGES DONE POSITION`. Writes the pages behind the first
 * DONE and prints a line for each commit, `{ done, position }`, as the journal would keep it.
 */
import duckdb from '../../../dist/plugins/sinks/duckdb/index.js';

const [folder, pages, done, position] = process.argv.slice(2);
const silent = { error() {}, warn() {}, info() {}, debug() {} };
const context = {
  runId: 'run1',
  name: 'sink',
  baseDir: folder,
  sources: ['alpha'],
  takes: ['alpha'],
  startedAt: '2026-01-01T00:00:00.000Z',
  model: {
    name: 'product',
    fields: ['price', 'text'],
    jsonSchema: { type: 'object', properties: { price: { type: 'number' }, text: { type: 'string' } } },
  },
  resumable: true,
  logger: silent,
};
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(10);

/** A page of 1,000 records, about 600 KB. */
function page(number) {
  const records = Array.from({ length: 1000 }, (_, index) => {
    const own = number * 1000 + index;
    const head = { id: `alpha:${own}`, source: 'alpha', source_id: String(own) };
    return { ...head, price: own / 4, text, processed_at: '2026-01-01T00:00:00.000Z' };
  });
  const ndjson = new TextEncoder().encode(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return { source: 'alpha', pageKey: `GET /?page=${number}`, count: records.length, ndjson, records: () => records };
}

const sink = await duckdb.open(context, duckdb.options.parse({ path: 'it.duckdb' }), JSON.parse(position) ?? undefined);
for (let number = Number(done); number < Number(pages); number += 1) {
  await sink.write(page(number));
  if (number % 12 === 11) console.log(JSON.stringify({ done: number + 1, position: await sink.commit() }));
}
console.log(JSON.stringify({ done: Number(pages), position: await sink.commit() }));
await sink.close({ summary: { total_products: Number(pages) * 1000, partial: false } });
