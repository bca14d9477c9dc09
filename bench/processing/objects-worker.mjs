/** The worker of `objects.mjs`: the same fields and the product's schema, on objects, and metrics as simple as can be. */
import { loadBuilt } from '../suite/dist.mjs';

const { default: model } = await loadBuilt('plugins/models/product/index.js');

export function makeRecords(items) {
  const metrics = new Map();
  const records = items.map((item) => {
    const { value } = model.schema['~standard'].validate(normalize(item));
    measure(metrics, value);
    return { id: `dummyjson:${item.id}`, source: 'dummyjson', source_id: String(item.id), ...value };
  });
  return { records, metrics };
}

function normalize({ title, price, category, brand, rating, description, thumbnail: image }) {
  return { title, price, category, brand, rating, description, image };
}

function measure(metrics, { category, price }) {
  const { count, sum, min, max } = metrics.get(category) ?? { count: 0, sum: 0, min: Infinity, max: -Infinity };
  metrics.set(category, { count: count + 1, sum: sum + price, min: Math.min(min, price), max: Math.max(max, price) });
}
