import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { testSink } from '../../../core/testing.ts';
import csv from '../../../plugins/sinks/csv/index.ts';
import jsonFile from '../../../plugins/sinks/json-file/index.ts';
import ndjson from '../../../plugins/sinks/ndjson/index.ts';
import { createStdoutSink } from '../../../plugins/sinks/stdout/index.ts';

describe('the built-in sinks pass the tests of every sink', { timeout: 120_000 }, () => {
  it.each([
    ['json-file', jsonFile, 'out/products.json'],
    ['ndjson', ndjson, 'products.ndjson'],
    ['csv', csv, 'products.csv'],
    ['csv, a folder a day', csv, 'out/{date}/{source}.csv'],
    ['ndjson, a file for each source', ndjson, '{source}-{date}.ndjson'],
    ['json-file, a file a day', jsonFile, '{date}.json'],
  ] as const)('%s', async (_name, plugin, path) => {
    await expect(testSink<{ path: string }>(plugin, { options: { path } })).resolves.toBeUndefined();
  });

  it.each([
    ['ndjson', ndjson],
    ['csv', csv],
  ] as const)('%s, compressed', async (_name, plugin) => {
    const read = async (folder: string): Promise<readonly string[]> => {
      const text = gunzipSync(await readFile(join(folder, 'records.gz'))).toString();
      return text.match(/kit:\d+/g) ?? [];
    };
    const test = testSink<{ path: string }>(plugin, { options: { path: 'records', compress: 'gzip' }, read });
    await expect(test).resolves.toBeUndefined();
  });

  it('stdout', async () => {
    let printed = '';
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        printed += chunk.toString();
        done();
      },
    });
    stream.setMaxListeners(0);
    const sink = createStdoutSink(() => stream);
    const read = async (): Promise<readonly string[]> => printed.match(/kit:\d+/g) ?? [];
    const test = testSink(sink, { read, reset: () => (printed = ''), atLeastOnce: true });
    await expect(test).resolves.toBeUndefined();
  });
});
