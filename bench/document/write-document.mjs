import { join } from 'node:path';
import { loadBuilt } from '../suite/dist.mjs';

const perBatch = 20;
/** A run commits by then at the latest. */
const commitBytes = 8 * 1024 * 1024;

/** Has the json-file sink write `records` records, as a run does: batches of bytes, commits, the report at the end. */
export async function writeDocument(folder, records) {
  const [{ default: sink }, { createReportBuilder }, { systemClock }] = await Promise.all(
    ['plugins/sinks/json-file/index.js', 'core/report/report-builder.js', 'core/system-clock.js'].map(loadBuilt),
  );
  const report = createReportBuilder({ clock: systemClock, clean: (text) => text });
  const names = { sources: ['dummyjson'], sinks: ['json-file'] };
  report.on({ type: 'run-started', runId: 'bench', ...names, threads: 0, at: 0 });
  const taken = { sources: names.sources, takes: names.sources, startedAt: new Date().toISOString() };
  const context = { runId: 'bench', name: 'json-file', baseDir: folder, ...taken, resumable: true };
  const path = join(folder, 'document.json');
  const writer = await sink.open(context, { path });
  const batch = { source: 'dummyjson', pageKey: 'page', count: perBatch, ndjson: lines(perBatch) };
  let uncommitted = 0;
  for (let written = 0; written < records; written += perBatch) {
    await writer.write(batch);
    uncommitted += batch.ndjson.byteLength;
    if (uncommitted < commitBytes) continue;
    await writer.commit();
    uncommitted = 0;
  }
  await writer.commit();
  await writer.close(report.build());
  return path;
}

/** Records of about 1.5 KB as a worker hands them over. */
function lines(count) {
  const description = 'The quick brown fox jumps over the lazy dog. '.repeat(30);
  const record = (index) => ({
    id: `dummyjson:${index}`,
    source: 'dummyjson',
    source_id: String(index),
    title: `Product ${index}`,
    price: 9.99,
    currency: null,
    category: 'a',
    brand: null,
    rating: 4.5,
    description,
    image: null,
    url: null,
    processed_at: '2026-01-01T00:00:00.000Z',
  });
  const text = Array.from({ length: count }, (_, index) => `${JSON.stringify(record(index))}\n`).join('');
  return new TextEncoder().encode(text);
}
