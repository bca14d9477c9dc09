import { loadBuilt } from '../suite/dist.mjs';
import { readBatches } from './record-file.mjs';

/** A run commits by then at the latest. */
const commitBytes = 8 * 1024 * 1024;

const taken = { sources: ['dummyjson'], takes: ['dummyjson'], startedAt: new Date().toISOString() };

const logger = Object.fromEntries(['error', 'warn', 'info', 'debug'].map((level) => [level, () => undefined]));

/** As far as sinks look into it. */
function reportOf() {
  const { sources } = taken;
  const summary = { sources, total_products: 0, partial: false, processing_time_seconds: 0 };
  return { summary, errors: [], monitoring: { lives: 1, sources: {} } };
}

/** The columns of the table, as the model gives them. */
async function productModel() {
  const [{ default: model }, { describeModel }] = await Promise.all(
    ['plugins/models/product/index.js', 'core/run/describe-model.js'].map(loadBuilt),
  );
  return describeModel(model);
}

/** Has a sink write the records of a file as a run does: batches of bytes, a commit behind each 8 MiB. */
export async function writeToSink(name, options, { folder, records, runId }) {
  const { default: sink } = await loadBuilt(`plugins/sinks/${name}/index.js`);
  const context = { runId, name, baseDir: folder, ...taken, model: await productModel() };
  const checked = sink.options.parse(options);
  const writer = await sink.open({ ...context, resumable: true, logger }, checked);
  let uncommitted = 0;
  for await (const batch of readBatches(records)) {
    await writer.write(batch);
    uncommitted += batch.ndjson.byteLength;
    if (uncommitted < commitBytes) continue;
    await writer.commit();
    uncommitted = 0;
  }
  await writer.commit();
  const report = reportOf();
  await writer.trends?.(report);
  await writer.close(report);
}
