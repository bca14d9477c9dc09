/** Fails unless the document of the main job holds what it must. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const document = JSON.parse(readFileSync(process.argv[2] ?? 'out/products.json', 'utf8'));
const { summary, products, errors, metrics, monitoring } = document;

assert.ok(products.length >= 494, `${products.length} products, at least 494 are expected`);
assert.equal(summary.total_products, products.length);
assert.equal(summary.success_rate, 1);
assert.equal(summary.partial, false);
assert.deepEqual(errors, []);
assert.equal(new Set(products.map(({ id }) => id)).size, products.length, 'an id came twice');
for (const source of ['dummyjson', 'escuelajs', 'jsonplaceholder']) {
  const records = products.filter((product) => product.source === source);
  assert.ok(records.length >= 100, `${source}: ${records.length} records`);
  assert.equal(monitoring.sources[source].records, records.length);
  assert.equal(metrics.by_source[source].records, records.length);
}
for (const { read, split, written, rejected, duplicates, dropped, unwritten } of Object.values(monitoring.sinks).map(
  ({ reconciliation }) => reconciliation,
)) {
  assert.equal(read + split, written + rejected + duplicates + dropped + unwritten);
}
console.log(`main job: ${products.length} products of ${summary.sources.length} sources, all accounted for`);
