/** The worker of `objects.mjs`: the same normalizer, schema and metrics as the product's, on objects. */
import { loadBuilt } from '../suite/dist.mjs';

const [{ default: source }, { default: model }, { measure }] = await Promise.all(
  ['plugins/sources/dummyjson/index.js', 'plugins/models/product/index.js', 'core/metrics/partial.js'].map(loadBuilt),
);

export function makeRecords(items) {
  const metrics = new Map();
  const records = items.map((item) => {
    const { id, ...given } = source.normalizer.normalize(item);
    const { value } = model.schema['~standard'].validate(given);
    measure(metrics, value, model.metrics);
    return { id: `${source.name}:${id}`, source: source.name, source_id: String(id), ...value };
  });
  return { records, metrics };
}
