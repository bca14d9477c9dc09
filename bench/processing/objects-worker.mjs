/** The worker of `objects.mjs`: the product's normalizer and schema on objects, and metrics as simple as can be. */
import { loadBuilt } from '../suite/dist.mjs';

const [{ default: source }, { default: model }] = await Promise.all(
  ['plugins/sources/dummyjson/index.js', 'plugins/models/product/index.js'].map(loadBuilt),
);

export function makeRecords(items) {
  const metrics = new Map();
  const records = items.map((item) => {
    const { id, ...given } = source.normalizer.normalize(item);
    const { value } = model.schema['~standard'].validate(given);
    measure(metrics, value);
    return { id: `${source.name}:${id}`, source: source.name, source_id: String(id), ...value };
  });
  return { records, metrics };
}

function measure(metrics, { category, price }) {
  const { count, sum, min, max } = metrics.get(category) ?? { count: 0, sum: 0, min: Infinity, max: -Infinity };
  metrics.set(category, { count: count + 1, sum: sum + price, min: Math.min(min, price), max: Math.max(max, price) });
}
