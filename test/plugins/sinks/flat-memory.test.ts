import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { SinkPlugin } from '../../../core/contracts/sink.ts';
import csv from '../../../plugins/sinks/csv/index.ts';
import jsonFile from '../../../plugins/sinks/json-file/index.ts';
import ndjson from '../../../plugins/sinks/ndjson/index.ts';
import { batchOf, reportOf, sinkContext } from '../../support/sinks.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const batch = batchOf(...Array.from({ length: 100 }, (_, index) => ({ id: index, description: 'x'.repeat(480) })));

/** Bytes in use once all garbage is collected: how much of it lies about is the engine's affair. */
function retained(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Buffers are freed in the background after a collection; the next one waits for that to end.
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('file sinks', () => {
  it.each<[string, SinkPlugin, object?]>([
    ['json-file', jsonFile],
    ['ndjson', ndjson],
    ['ndjson, compressed,', ndjson, { compress: 'gzip' }],
    ['csv', csv, { columns: ['id', 'description'], lineEnding: 'lf' }],
  ])('%s takes 100,000 records, 50 MB, in flat memory', async (_name, plugin, options: { compress?: string } = {}) => {
    const folder = await temporaryFolder();
    const sink = await plugin.open(sinkContext(folder), { path: 'out', ...options });
    const before = retained();
    for (let written = 0; written < 1000; written++) {
      await sink.write(batch);
      if (written % 100 === 99) await sink.commit();
    }
    const after = retained();
    await sink.close(reportOf());
    const least = options.compress === undefined ? 48_000_000 : 100_000;
    expect((await stat(join(folder, 'out'))).size).toBeGreaterThan(least);
    // A tenth of what was written.
    expect(after - before).toBeLessThan(5_000_000);
  });
});
