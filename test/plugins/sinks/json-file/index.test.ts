import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import jsonFile from '../../../../plugins/sinks/json-file/index.ts';
import { batchOf, kill, records, reportOf, sinkContext } from '../../../support/sinks.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const options = { path: 'out.json' };

async function readDocument(folder: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(folder, 'out.json'), 'utf8')) as Record<string, unknown>;
}

describe('json-file', () => {
  it('writes the whole document, its keys in the order that people read', async () => {
    const folder = await temporaryFolder();
    const sink = await jsonFile.open(sinkContext(folder), options);
    await sink.write(batchOf(...records(0, 2)));
    await sink.write(batchOf(...records(2, 3)));
    const error = {
      endpoint: 'beta',
      error: 'http_404' as const,
      timestamp: '',
      message: 'gone',
      attempts: 1,
      count: 1,
    };
    const report = { ...reportOf({ partial: true }), errors: [error, error] };
    await sink.close(report);
    const document = await readDocument(folder);
    expect(Object.keys(document)).toEqual(['summary', 'products', 'errors', 'metrics', 'monitoring']);
    const { summary, errors, metrics, monitoring } = report;
    expect(document).toEqual({ summary, products: records(0, 3), errors, metrics, monitoring });
  });

  it('writes a valid document of a run that brought nothing', async () => {
    const folder = await temporaryFolder();
    const sink = await jsonFile.open(sinkContext(folder), options);
    await sink.close(reportOf());
    expect(await readDocument(folder)).toMatchObject({ products: [], errors: [] });
  });

  it('has room for the widest summary that there can be', async () => {
    const folder = await temporaryFolder();
    const sources = ['ä'.repeat(50), '"quoted"', 'c'];
    const sink = await jsonFile.open(sinkContext(folder, { sources, runId: 'r-1' }), options);
    await sink.write(batchOf({ id: 1 }));
    const summary = {
      run_id: 'r-1',
      started_at: new Date(8.64e15).toISOString(),
      total_products: Number.MAX_SAFE_INTEGER,
      processing_time_seconds: -Number.MAX_VALUE,
      success_rate: 0.12345678901234568,
      sources,
      partial: false,
    };
    await sink.close(reportOf(summary));
    expect(await readDocument(folder)).toMatchObject({ summary, products: [{ id: 1 }] });
  });

  it('refuses a summary that would run into the records', async () => {
    const folder = await temporaryFolder();
    const sink = await jsonFile.open(sinkContext(folder), options);
    await expect(sink.close(reportOf({ sources: ['x'.repeat(1000)] }))).rejects.toMatchObject({
      code: 'internal_error',
    });
    await sink.abort();
    expect(await readdir(folder)).toEqual([]);
  });

  it('shows the old document until it is closed, and still when it is aborted', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'out.json'), '{"old":true}');
    const sink = await jsonFile.open(sinkContext(folder), options);
    await sink.write(batchOf(...records(0, 2)));
    await sink.commit();
    expect(await readDocument(folder)).toEqual({ old: true });
    await sink.abort();
    expect(await readDocument(folder)).toEqual({ old: true });
    expect(await readdir(folder)).toEqual(['out.json']);
  });

  it.each([0, 2])('takes up a killed run after %i committed records', async (committed) => {
    const folder = await temporaryFolder();
    const first = await jsonFile.open(sinkContext(folder), options);
    if (committed > 0) await first.write(batchOf(...records(0, committed)));
    const position = await first.commit();
    await first.write(batchOf(...records(committed, committed + 7)));
    await kill(first, join(folder, '.out.json.run1.tmp'));

    const second = await jsonFile.open(sinkContext(folder), options, position);
    await second.write(batchOf(...records(committed, 4)));
    await second.write(batchOf(...records(4, 5)));
    await second.close(reportOf());
    expect((await readDocument(folder))['products']).toEqual(records(0, 5));
  });

  it('leaves nothing of a wider summary that was written just before a kill', async () => {
    const folder = await temporaryFolder();
    const first = await jsonFile.open(sinkContext(folder), options);
    await first.write(batchOf(...records(0, 1)));
    const position = await first.commit();
    const temporary = join(folder, '.out.json.run1.tmp');
    await kill(first, temporary);
    const left = await readFile(temporary, 'utf8');
    await writeFile(temporary, left.replace(/(?<="summary": ) {100}/, 'x'.repeat(100)));
    const second = await jsonFile.open(sinkContext(folder), options, position);
    await second.close(reportOf());
    expect(await readDocument(folder)).toMatchObject({ summary: reportOf().summary });
  });

  it('can be opened again after it could not be opened', async () => {
    const folder = await temporaryFolder();
    await expect(jsonFile.open(sinkContext(folder), options, { bytes: 6, tail: 0, head: 5 })).rejects.toThrow(
      /is gone/,
    );
    await (await jsonFile.open(sinkContext(folder), options)).abort();
    expect(existsSync(join(folder, 'out.json'))).toBe(false);
  });
});
